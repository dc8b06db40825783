package io.asyncstarter.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;

/**
 * Finds the threads that are alive, platform and virtual ones.
 * <p>
 * Virtual threads can only be had from a dump that the virtual machine writes to a file:
 * they are there if it is a HotSpot one that tracks all threads, which is the default.
 */
final class LiveThreads {

	private static final Pattern HEADER = Pattern.compile("#(\\d+) \"(.*)\" virtual\\b.*");

	/**
	 * What stands before a frame: from JDK 24 on with, before that without "at".
	 */
	private static final Pattern FRAME_PREFIX = Pattern.compile("^\\s+(at )?");

	private LiveThreads() {
	}

	/**
	 * Returns the threads that are alive.
	 * @return the threads by their identifiers
	 */
	static Map<Long, LiveThread> find() {
		Map<Long, LiveThread> threads = new HashMap<>();
		Thread.getAllStackTraces()
			.forEach((thread, stack) -> threads.put(thread.threadId(),
					new LiveThread(thread.threadId(), thread.getName(), false, lines(stack))));
		for (LiveThread thread : virtualThreads()) {
			threads.put(thread.id(), thread);
		}
		return threads;
	}

	private static String lines(StackTraceElement[] stack) {
		return Arrays.stream(stack)
			.map((frame) -> "    at " + frame)
			.collect(Collectors.joining(System.lineSeparator()));
	}

	private static List<LiveThread> virtualThreads() {
		HotSpotDiagnosticMXBean diagnostics = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
		return (diagnostics != null) ? parse(dump(diagnostics)) : List.of();
	}

	private static List<String> dump(HotSpotDiagnosticMXBean diagnostics) {
		try {
			Path directory = Files.createTempDirectory("threads");
			Path file = directory.resolve("dump.txt");
			try {
				diagnostics.dumpThreads(file.toAbsolutePath().toString(), ThreadDumpFormat.TEXT_PLAIN);
				return Files.readAllLines(file);
			}
			finally {
				Files.deleteIfExists(file);
				Files.delete(directory);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<LiveThread> parse(List<String> dump) {
		List<LiveThread> threads = new ArrayList<>();
		for (int i = 0; i < dump.size(); i++) {
			Matcher header = HEADER.matcher(dump.get(i));
			if (header.matches()) {
				String stack = dump.subList(i + 1, dump.size())
					.stream()
					.takeWhile((line) -> line.startsWith(" "))
					.map((line) -> "    at " + FRAME_PREFIX.matcher(line).replaceFirst(""))
					.collect(Collectors.joining(System.lineSeparator()));
				threads.add(new LiveThread(Long.parseLong(header.group(1)), header.group(2), true, stack));
			}
		}
		return threads;
	}

}
