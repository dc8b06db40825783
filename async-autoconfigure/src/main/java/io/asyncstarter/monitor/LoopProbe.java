package io.asyncstarter.monitor;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Watches one event loop: sends it heartbeats, and looks at its stack when one is not
 * answered.
 * <p>
 * A heartbeat is sent every 0.45 thresholds, so that a blockage is found within 1.5 of
 * them: one that begins right after a heartbeat has been answered meets the next one
 * after 0.45, and that one is overdue after one more. A loop at rest is left alone, for
 * the sake of its processor, except every two seconds: if one is late then, the machine
 * is busy.
 */
final class LoopProbe {

	static final double PERIOD = 0.45;

	static final long REST_PERIOD_NANOS = TimeUnit.SECONDS.toNanos(2);

	/*
	 * All fields belong to the monitor's thread; the volatile ones are read by others.
	 * 'blockage' is what was found while the heartbeat under way waited, and null if that
	 * was not overdue.
	 */

	private final String name;

	private final Executor loop;

	private final long threshold;

	private final LongSupplier clock;

	private final Findings findings;

	private final LoopRest rest;

	private Heartbeat heartbeat;

	private boolean sent;

	private long lastSent;

	private volatile @Nullable Thread thread;

	private volatile @Nullable MonitorFinding blockage;

	private volatile long blockedSince;

	private volatile long lastLag;

	private volatile long longestLag;

	private final AtomicLong blockages = new AtomicLong();

	LoopProbe(String name, Executor loop, long threshold, LongSupplier clock, Findings findings, LoopRest rest) {
		this.name = name;
		this.loop = loop;
		this.threshold = threshold;
		this.clock = clock;
		this.findings = findings;
		this.rest = rest;
		this.heartbeat = new Heartbeat(loop, clock);
	}

	@SuppressWarnings("ReferenceEquality") // a loop is itself only
	boolean isOf(Executor executor) {
		return this.loop == executor;
	}

	boolean isShutDown() {
		return this.loop instanceof ExecutorService service && service.isShutdown();
	}

	/**
	 * Forgets a heartbeat that may be under way.
	 */
	void begin() {
		this.heartbeat = new Heartbeat(this.loop, this.clock);
		this.sent = false;
		this.blockage = null;
	}

	/**
	 * Looks at the loop.
	 * @param now the time
	 * @param pause how long the whole machine stood still
	 * @param quiet whether the loop may be late
	 * @return when to look again
	 * @throws java.util.concurrent.RejectedExecutionException if the loop takes no tasks
	 */
	long check(long now, long pause, boolean quiet) {
		long next = now + (long) (this.threshold * PERIOD);
		if (this.sent && this.heartbeat.isUnderWay()) {
			return waitOn(now, pause, quiet, next);
		}
		if (this.sent) {
			answered(quiet);
		}
		Thread known = this.thread;
		if (known == null || now - this.lastSent >= REST_PERIOD_NANOS || !this.rest.isAtRest(known)) {
			this.lastSent = now;
			this.heartbeat.send(now);
			this.sent = true;
		}
		return next;
	}

	private long waitOn(long now, long pause, boolean quiet, long next) {
		this.heartbeat.forgive(pause);
		MonitorFinding known = this.blockage;
		if (known != null) {
			return next;
		}
		long waited = this.heartbeat.waited(now);
		if (waited < this.threshold) {
			return Math.min(next, now + this.threshold - waited);
		}
		if (!quiet) {
			overdue(now - waited, waited);
		}
		return next;
	}

	private void overdue(long since, long waited) {
		Thread known = this.thread;
		StackTraceElement[] stack = (known != null) ? known.getStackTrace() : new StackTraceElement[0];
		Thread.State state = (known != null) ? known.getState() : Thread.State.NEW;
		if (!this.heartbeat.isUnderWay()) {
			// Whatever the stack shows, it is not what held the loop up.
			return;
		}
		if (Stacks.isWaitingForEvents(stack)) {
			// It would go on if it had a processor: the machine is busy, and nobody
			// blocks it.
			return;
		}
		String detail = (known != null) ? "thread '%s', %s".formatted(known.getName(), state)
				: "it has not run anything since it is watched";
		this.blockedSince = since;
		this.blockages.incrementAndGet();
		this.blockage = this.findings.begun(FindingKind.EVENT_LOOP_BLOCKED, this.name, detail, Duration.ofNanos(waited),
				List.of(stack));
	}

	private void answered(boolean quiet) {
		this.sent = false;
		this.thread = this.heartbeat.thread();
		long lag = this.heartbeat.lag();
		this.lastLag = lag;
		this.longestLag = Math.max(this.longestLag, lag);
		MonitorFinding known = this.blockage;
		if (known != null) {
			this.blockage = null;
			this.findings.ended(known, Duration.ofNanos(lag));
		}
		else if (lag >= this.threshold && !quiet) {
			this.blockages.incrementAndGet();
			this.findings.over(FindingKind.EVENT_LOOP_BLOCKED, this.name, "it went on before its stack could be seen",
					Duration.ofNanos(lag), List.of());
		}
		this.findings.tell((listener) -> listener.eventLoopLag(this.name, Duration.ofNanos(lag)));
	}

	EventLoopState state() {
		Thread known = this.thread;
		Duration blockedFor = (this.blockage != null)
				? Duration.ofNanos(Math.max(0, this.clock.getAsLong() - this.blockedSince)) : null;
		return new EventLoopState(this.name, (known != null) ? known.getName() : null, blockedFor,
				Duration.ofNanos(this.lastLag), Duration.ofNanos(this.longestLag), this.blockages.get());
	}

}
