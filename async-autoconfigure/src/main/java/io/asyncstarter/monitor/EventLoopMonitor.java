package io.asyncstarter.monitor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * Watches event loops: how late they are, and what blocks them. A blockage that lasts is
 * found within 1.5 times the threshold, while it goes on, with the stack of the loop's
 * thread.
 * <p>
 * The loops of Reactor Netty are found by themselves; others can be registered. Instances
 * are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class EventLoopMonitor {

	private final List<LoopProbe> probes = new CopyOnWriteArrayList<>();

	private final @Nullable Duration warnAbove;

	private final long startAfter;

	private final LongSupplier clock;

	private final Findings findings;

	private final Supplier<LoopRest> rest;

	private final Watch watch = new LoopsWatch();

	private volatile Runnable onRegistration = () -> {
	};

	EventLoopMonitor(@Nullable Duration warnAbove, Duration startAfter, LongSupplier clock, Findings findings,
			Supplier<LoopRest> rest) {
		this.warnAbove = warnAbove;
		this.startAfter = startAfter.toNanos();
		this.clock = clock;
		this.findings = findings;
		this.rest = rest;
	}

	/**
	 * Registers event loops to be watched while the monitor runs. A loop that is
	 * registered already stays registered under its first name; one that takes no more
	 * tasks is forgotten.
	 * @param name the name of the group of loops; its loops are numbered from 1 on if
	 * there is more than one
	 * @param loops the loops, for example a Netty {@code EventLoopGroup}. What is given
	 * to one of them must run on one and the same thread. It is given nothing but small
	 * tasks that read the time
	 */
	public void register(String name, Iterable<? extends Executor> loops) {
		Assert.hasText(name, "'name' must not be empty");
		Assert.notNull(loops, "'loops' must not be null");
		List<Executor> all = new ArrayList<>();
		loops.forEach(all::add);
		for (int i = 0; i < all.size(); i++) {
			add((all.size() > 1) ? "%s-%d".formatted(name, i + 1) : name, all.get(i));
		}
		this.onRegistration.run();
	}

	private void add(String name, Executor loop) {
		Duration threshold = this.warnAbove;
		if (threshold != null && this.probes.stream().noneMatch((probe) -> probe.isOf(loop))) {
			this.probes.add(new LoopProbe(name, loop, threshold.toNanos(), this.clock, this.findings, this.rest.get()));
		}
	}

	/**
	 * Forgets an event loop.
	 * @param loops the loops, as they were registered
	 */
	public void unregister(Iterable<? extends Executor> loops) {
		Assert.notNull(loops, "'loops' must not be null");
		loops.forEach((loop) -> this.probes.removeIf((probe) -> probe.isOf(loop)));
	}

	/**
	 * Returns what is known of the loops.
	 * @return the loops in the order of their registration, unmodifiable
	 */
	public List<EventLoopState> getLoops() {
		return this.probes.stream().map(LoopProbe::state).toList();
	}

	/**
	 * Returns the last blockages.
	 * @return the last 20 at the most, the newest first, unmodifiable
	 */
	public List<MonitorFinding> getFindings() {
		return this.findings.last(FindingKind.EVENT_LOOP_BLOCKED);
	}

	Watch watch() {
		return this.watch;
	}

	void onRegistration(Runnable newOnRegistration) {
		this.onRegistration = newOnRegistration;
	}

	/**
	 * Looks at all loops.
	 */
	private final class LoopsWatch implements Watch {

		private volatile long quietUntil;

		@Override
		public void begin(long now) {
			ready(now);
			EventLoopMonitor.this.probes.forEach(LoopProbe::begin);
		}

		@Override
		public void ready(long now) {
			this.quietUntil = now + EventLoopMonitor.this.startAfter;
		}

		@Override
		public long check(long now, long pause) {
			long next = now + TimeUnit.MINUTES.toNanos(1);
			for (LoopProbe probe : EventLoopMonitor.this.probes) {
				try {
					next = Math.min(next, probe.check(now, pause, now - this.quietUntil < 0));
				}
				catch (RejectedExecutionException ex) {
					forgetIfShutDown(probe);
				}
			}
			return next;
		}

		private void forgetIfShutDown(LoopProbe probe) {
			if (probe.isShutDown()) {
				EventLoopMonitor.this.probes.remove(probe);
			}
		}

	}

}
