package io.asyncstarter.actuate;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.asyncstarter.monitor.AsyncMonitor;
import io.asyncstarter.monitor.MonitorFinding;
import io.asyncstarter.monitor.MonitorListener;

/**
 * Meters of the monitors. Those of an event loop appear when it has answered for the
 * first time.
 *
 * @since 0.1.0
 */
public final class MonitorMetrics implements MeterBinder {

	private final AsyncMonitor monitor;

	/**
	 * Creates a binder.
	 * @param monitor the monitor to measure
	 */
	public MonitorMetrics(AsyncMonitor monitor) {
		this.monitor = monitor;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		if (!this.monitor.getThresholds().isEmpty()) {
			this.monitor.addListener(new Meters(registry));
		}
	}

	/**
	 * The meters that are told what is measured and found.
	 */
	private static final class Meters implements MonitorListener {

		private final MeterRegistry registry;

		private final Map<String, LoopMeters> loops = new ConcurrentHashMap<>();

		private final Timer virtualThreadLag;

		private final Counter starved;

		private final Timer pinned;

		private Meters(MeterRegistry registry) {
			this.registry = registry;
			this.virtualThreadLag = Timer.builder("async.virtual-threads.lag")
				.description("Time between the start of a virtual thread and its first instruction")
				.register(registry);
			this.starved = Counter.builder("async.virtual-threads.starved")
				.description("Times at which a virtual thread waited for a processor for too long")
				.register(registry);
			this.pinned = Timer.builder("async.threads.pinned")
				.description("Time for which virtual threads blocked without letting go of their carrier")
				.register(registry);
		}

		@Override
		public void eventLoopLag(String name, Duration lag) {
			meters(name).lag().record(lag);
		}

		@Override
		public void virtualThreadLag(Duration lag) {
			this.virtualThreadLag.record(lag);
		}

		@Override
		public void found(MonitorFinding finding) {
			switch (finding.kind()) {
				case EVENT_LOOP_BLOCKED -> meters(finding.name()).blocked().increment();
				case VIRTUAL_THREADS_STARVED -> this.starved.increment();
				case THREAD_PINNED -> this.pinned.record(finding.duration());
			}
		}

		private LoopMeters meters(String name) {
			return this.loops.computeIfAbsent(name, (loop) -> LoopMeters.of(this.registry, loop));
		}

	}

	/**
	 * The meters of one event loop.
	 */
	private record LoopMeters(Timer lag, Counter blocked) {

		private static LoopMeters of(MeterRegistry registry, String name) {
			Timer lag = Timer.builder("async.event-loop.lag")
				.tag("name", name)
				.description("Time for which a heartbeat waited for the event loop")
				.register(registry);
			Counter blocked = Counter.builder("async.event-loop.blocked")
				.tag("name", name)
				.description("Times at which the event loop was kept from its work for too long")
				.register(registry);
			return new LoopMeters(lag, blocked);
		}

	}

}
