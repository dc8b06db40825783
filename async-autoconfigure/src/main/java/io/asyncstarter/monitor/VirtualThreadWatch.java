package io.asyncstarter.monitor;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import org.jspecify.annotations.Nullable;

/**
 * Starts a virtual thread once a second, from a platform thread, and measures how long it
 * takes until it runs.
 */
final class VirtualThreadWatch implements Watch {

	static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

	static final String NAME = "virtual threads";

	private final long threshold;

	private final long startAfter;

	private final LongSupplier clock;

	private final Findings findings;

	private final Executor starter;

	/*
	 * All belong to the monitor's thread. 'starvation' is what was found while the
	 * heartbeat under way waited, or null. But for 'quietUntil', which anybody may set.
	 */

	private Heartbeat heartbeat;

	private boolean sent;

	private long sendAt;

	private @Nullable MonitorFinding starvation;

	private volatile long quietUntil;

	VirtualThreadWatch(Duration warnAbove, Duration startAfter, LongSupplier clock, Findings findings,
			Executor starter) {
		this.threshold = warnAbove.toNanos();
		this.startAfter = startAfter.toNanos();
		this.clock = clock;
		this.findings = findings;
		this.starter = starter;
		this.heartbeat = new Heartbeat(starter, clock);
	}

	/**
	 * Returns an executor that starts a virtual thread for each task.
	 */
	static Executor starter() {
		Thread.Builder threads = Thread.ofVirtual().name("async-monitor-probe").inheritInheritableThreadLocals(false);
		return threads::start;
	}

	@Override
	public void begin(long now) {
		this.heartbeat = new Heartbeat(this.starter, this.clock);
		this.sent = false;
		this.sendAt = now;
		this.starvation = null;
		ready(now);
	}

	@Override
	public void ready(long now) {
		this.quietUntil = now + this.startAfter;
	}

	@Override
	public long check(long now, long pause) {
		boolean quiet = now - this.quietUntil < 0;
		if (this.sent && this.heartbeat.isUnderWay()) {
			this.heartbeat.forgive(pause);
			long waited = this.heartbeat.waited(now);
			if (this.starvation == null && waited >= this.threshold && !quiet) {
				this.starvation = this.findings.begun(FindingKind.VIRTUAL_THREADS_STARVED, NAME, scheduler(),
						Duration.ofNanos(waited), List.of());
			}
			return now + ((waited < this.threshold) ? this.threshold - waited : PERIOD_NANOS);
		}
		if (this.sent) {
			answered(quiet);
		}
		if (now - this.sendAt < 0) {
			return this.sendAt;
		}
		this.heartbeat.send(now);
		this.sent = true;
		this.sendAt = now + PERIOD_NANOS;
		return now + Math.min(PERIOD_NANOS, this.threshold);
	}

	private void answered(boolean quiet) {
		this.sent = false;
		Duration lag = Duration.ofNanos(this.heartbeat.lag());
		MonitorFinding known = this.starvation;
		if (known != null) {
			this.starvation = null;
			this.findings.ended(known, lag);
		}
		else if (lag.toNanos() >= this.threshold && !quiet) {
			this.findings.over(FindingKind.VIRTUAL_THREADS_STARVED, NAME, scheduler(), lag, List.of());
		}
		this.findings.tell((listener) -> listener.virtualThreadLag(lag));
	}

	/**
	 * Describes the scheduler, as far as this Java version lets it be seen (24 and
	 * later).
	 */
	private static String scheduler() {
		try {
			MBeanServer server = ManagementFactory.getPlatformMBeanServer();
			ObjectName name = new ObjectName("jdk.management:type=VirtualThreadScheduler");
			if (!server.isRegistered(name)) {
				return "";
			}
			return "%s carriers, %s virtual threads on them, %s more ready to run".formatted(
					server.getAttribute(name, "Parallelism"), server.getAttribute(name, "MountedVirtualThreadCount"),
					server.getAttribute(name, "QueuedVirtualThreadCount"));
		}
		catch (JMException ex) {
			return "";
		}
	}

}
