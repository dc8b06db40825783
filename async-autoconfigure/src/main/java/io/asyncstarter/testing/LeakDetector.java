package io.asyncstarter.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.asyncstarter.deadline.Deadline;

/**
 * What there was before a test, and what there is now that was not there then. Not safe
 * for use by multiple threads.
 */
final class LeakDetector {

	/*
	 * Threads that are started when somebody first needs them and then stay for all.
	 */
	private static final List<Pattern> SHARED_THREADS = Stream
		.of("async-deadline-timer", "ForkJoinPool[.-].*", "VirtualThread-.*", "CompletableFutureDelayScheduler",
				"Common-Cleaner", "Cleaner-\\d+", "process reaper.*", "Attach Listener", "Signal Dispatcher",
				"Notification Thread", "JNA Cleaner", "junit-.*", "parallel-\\d+", "single-\\d+",
				"(loomB|b)oundedElastic-.*", "reactor-(http|tcp|udp)-.*", "globalEventExecutor-.*",
				"Keep-Alive-Timer.*", "awaitility-.*")
		.map(Pattern::compile)
		.toList();

	private final Supplier<List<Object>> resources;

	private final List<Pattern> ignoredThreads;

	private final Set<Long> threads;

	private final Map<Resource, Long> counts = new HashMap<>();

	LeakDetector(Supplier<List<Object>> resources, List<Pattern> ignoredThreads) {
		this.resources = resources;
		this.ignoredThreads = ignoredThreads;
		this.threads = new HashSet<>(LiveThreads.find().keySet());
		Resources.withSharedTimer(resources.get()).forEach((resource) -> this.counts.put(resource, resource.count()));
	}

	/**
	 * Returns what the test has left on the calling thread, and takes the interrupt from
	 * it.
	 */
	List<String> takeLeaksOfThisThread() {
		List<String> leaks = new ArrayList<>();
		if (Thread.interrupted()) {
			leaks.add("  interrupt flag of the test's thread");
		}
		if (!Deadline.current().isUnbounded()) {
			leaks.add("  deadline on the test's thread: " + Deadline.current());
		}
		return leaks;
	}

	List<String> leaks() {
		List<String> leaks = new ArrayList<>();
		for (Resource resource : Resources.withSharedTimer(this.resources.get())) {
			long before = this.counts.getOrDefault(resource, 0L);
			long now = resource.count();
			if (now > before) {
				leaks.add("  %s: %d %s, %d before the test".formatted(resource.name(), now, resource.what(), before));
			}
		}
		LiveThreads.find()
			.values()
			.stream()
			.filter((thread) -> !this.threads.contains(thread.id()) && !isIgnored(thread.name()))
			.forEach((thread) -> leaks.add("  " + thread));
		return leaks;
	}

	private boolean isIgnored(String threadName) {
		return Stream.concat(SHARED_THREADS.stream(), this.ignoredThreads.stream())
			.anyMatch((pattern) -> pattern.matcher(threadName).matches());
	}

}
