package io.asyncstarter.monitor;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last findings of each kind, counts them, logs them (each cause once a minute)
 * and tells the listeners. Safe for use by multiple threads.
 */
final class Findings {

	/**
	 * How many findings of a kind are kept.
	 */
	static final int MAX_KEPT = 20;

	private static final Log logger = LogFactory.getLog(AsyncMonitor.class);

	private final List<MonitorListener> listeners = new CopyOnWriteArrayList<>();

	private final LongSupplier clock;

	private final InstantSource time;

	private final CauseLimiter limiter = new CauseLimiter();

	/*
	 * 'kept' and 'counts' are guarded by 'lock', under which nothing is called.
	 */

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<FindingKind, Deque<MonitorFinding>> kept = new EnumMap<>(FindingKind.class);

	private final Map<FindingKind, Long> counts = new EnumMap<>(FindingKind.class);

	Findings(LongSupplier clock, InstantSource time) {
		this.clock = clock;
		this.time = time;
	}

	void add(MonitorListener listener) {
		this.listeners.add(listener);
	}

	/**
	 * Adds something that goes on. It is to be {@linkplain #ended ended} later.
	 */
	MonitorFinding begun(FindingKind kind, String name, String detail, Duration soFar, List<StackTraceElement> stack) {
		MonitorFinding finding = new MonitorFinding(kind, name, Stacks.cause(stack), detail, this.time.instant(), soFar,
				true, stack);
		found(finding);
		return finding;
	}

	/**
	 * Replaces something that went on by what it has become.
	 */
	void ended(MonitorFinding begun, Duration total) {
		keep(begun.ended(total), begun);
	}

	/**
	 * Adds something that is over.
	 */
	void over(FindingKind kind, String name, String detail, Duration total, List<StackTraceElement> stack) {
		MonitorFinding finding = new MonitorFinding(kind, name, Stacks.cause(stack), detail, this.time.instant(), total,
				false, stack);
		found(finding);
	}

	private void found(MonitorFinding finding) {
		keep(finding, null);
		warn(finding);
		tell((listener) -> listener.found(finding));
	}

	void tell(Consumer<MonitorListener> call) {
		for (MonitorListener listener : this.listeners) {
			try {
				call.accept(listener);
			}
			catch (RuntimeException ex) {
				logger.warn("Listener %s failed".formatted(listener), ex);
			}
		}
	}

	@SuppressWarnings("ReferenceEquality") // equal findings may be two
	private void keep(MonitorFinding finding, @Nullable MonitorFinding instead) {
		this.lock.lock();
		try {
			Deque<MonitorFinding> last = this.kept.computeIfAbsent(finding.kind(), (kind) -> new ArrayDeque<>());
			last.removeIf((other) -> other == instead);
			last.addFirst(finding);
			if (last.size() > MAX_KEPT) {
				last.removeLast();
			}
			if (instead == null) {
				this.counts.merge(finding.kind(), 1L, Long::sum);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns the last findings of a kind, the newest first.
	 */
	List<MonitorFinding> last(FindingKind kind) {
		this.lock.lock();
		try {
			Deque<MonitorFinding> last = this.kept.get(kind);
			return (last != null) ? new ArrayList<>(last) : List.of();
		}
		finally {
			this.lock.unlock();
		}
	}

	long count(FindingKind kind) {
		this.lock.lock();
		try {
			return this.counts.getOrDefault(kind, 0L);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void warn(MonitorFinding finding) {
		String cause = (!finding.cause().isEmpty()) ? finding.cause() : finding.name();
		OptionalInt heldBack = this.limiter.pass(finding.kind() + " " + cause, this.clock.getAsLong());
		if (heldBack.isEmpty()) {
			return;
		}
		StringBuilder message = new StringBuilder(describe(finding));
		if (!finding.detail().isEmpty()) {
			message.append(" (").append(finding.detail()).append(')');
		}
		if (heldBack.getAsInt() > 0) {
			message.append("; the same happened %d more times since it was last logged".formatted(heldBack.getAsInt()));
		}
		if (!finding.stack().isEmpty()) {
			message.append(System.lineSeparator()).append(Stacks.describe(finding.stack()));
		}
		logger.warn(message);
	}

	private static String describe(MonitorFinding finding) {
		String by = (!finding.cause().isEmpty()) ? " at " + finding.cause() : "";
		return switch (finding.kind()) {
			case EVENT_LOOP_BLOCKED -> ((finding.ongoing()) ? "Event loop '%s' has been blocked for %d ms%s"
					: "Event loop '%s' was blocked for %d ms%s")
				.formatted(finding.name(), finding.duration().toMillis(), by);
			case VIRTUAL_THREADS_STARVED ->
				((finding.ongoing()) ? "A virtual thread that is ready to run has waited for a processor for %d ms"
						: "A virtual thread that was ready to run waited for a processor for %d ms")
					.formatted(finding.duration().toMillis());
			case THREAD_PINNED -> "Virtual thread '%s' was pinned to its carrier for %d ms%s".formatted(finding.name(),
					finding.duration().toMillis(), by);
		};
	}

}
