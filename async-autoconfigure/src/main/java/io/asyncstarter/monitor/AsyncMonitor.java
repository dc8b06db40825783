package io.asyncstarter.monitor;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * The monitors of a running application: of event loops that are blocked, of virtual
 * threads that get no processor and of virtual threads that are pinned to their carrier.
 * <p>
 * What they find is logged, each cause once a minute, and kept. They share one platform
 * thread, which exists between {@link #start()} and {@link #stop()}; the recording of
 * pinned threads has one more. Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class AsyncMonitor implements SmartLifecycle {

	/**
	 * The phase in which the monitors start and stop: they see the web server start, and
	 * the executors drain.
	 */
	public static final int PHASE = 1024;

	private final Findings findings;

	private final EventLoopMonitor eventLoops;

	private final List<EventLoopSource> sources;

	private final List<Watch> watches = new ArrayList<>();

	private final Map<FindingKind, Duration> thresholds = new EnumMap<>(FindingKind.class);

	private final LongSupplier clock;

	private final ReentrantLock lock = new ReentrantLock();

	private @Nullable MonitorThread thread;

	private volatile boolean running;

	private AsyncMonitor(Builder builder) {
		this.clock = builder.clock;
		this.findings = new Findings(builder.clock, builder.time);
		this.sources = List.copyOf(builder.sources);
		this.eventLoops = new EventLoopMonitor(builder.eventLoops, builder.eventLoopsStartAfter, builder.clock,
				this.findings, LoopRest::byStack);
		if (builder.eventLoops != null) {
			this.watches.add(this.eventLoops.watch());
			this.thresholds.put(FindingKind.EVENT_LOOP_BLOCKED, builder.eventLoops);
		}
		Duration virtualThreads = builder.virtualThreads;
		if (virtualThreads != null) {
			this.watches.add(new VirtualThreadWatch(virtualThreads, builder.virtualThreadsStartAfter, builder.clock,
					this.findings, VirtualThreadWatch.starter()));
			this.thresholds.put(FindingKind.VIRTUAL_THREADS_STARVED, virtualThreads);
		}
		Duration pinning = builder.pinning;
		if (pinning != null
				&& ClassUtils.isPresent("jdk.jfr.consumer.RecordingStream", AsyncMonitor.class.getClassLoader())) {
			this.watches.add(new PinningWatch(builder.pinningStartAfter, this.findings,
					(found) -> PinningRecording.start(pinning, found)));
			this.thresholds.put(FindingKind.THREAD_PINNED, pinning);
		}
	}

	/**
	 * Starts to build a monitor. It watches nothing but what it is told to.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Returns the monitor of event loops. It forgets what is registered there if event
	 * loops are not watched.
	 * @return the monitor
	 */
	public EventLoopMonitor getEventLoops() {
		return this.eventLoops;
	}

	/**
	 * Returns what is watched.
	 * @return the time above which something is found, by kind; kinds that are not
	 * watched are absent. Unmodifiable
	 */
	public Map<FindingKind, Duration> getThresholds() {
		return Collections.unmodifiableMap(this.thresholds);
	}

	/**
	 * Returns the last findings of a kind.
	 * @param kind the kind
	 * @return the last 20 at the most, the newest first, unmodifiable
	 */
	public List<MonitorFinding> getFindings(FindingKind kind) {
		return this.findings.last(kind);
	}

	/**
	 * Returns how often something was found.
	 * @param kind what
	 * @return the number of times
	 */
	public long getCount(FindingKind kind) {
		return this.findings.count(kind);
	}

	/**
	 * Adds a listener that is told from now on.
	 * @param listener the listener
	 */
	public void addListener(MonitorListener listener) {
		Assert.notNull(listener, "'listener' must not be null");
		this.findings.add(listener);
	}

	/**
	 * Tells that the application is ready to serve. What is found only some time after
	 * the start is found that time after this.
	 */
	public void ready() {
		this.watches.forEach((watch) -> watch.ready(this.clock.getAsLong()));
	}

	@Override
	public void start() {
		this.lock.lock();
		try {
			if (this.thread == null && !this.watches.isEmpty()) {
				this.sources.forEach((source) -> source.registerAt(this.eventLoops));
				MonitorThread started = MonitorThread.start(this.watches, this.clock);
				this.eventLoops.onRegistration(started::wakeUp);
				this.thread = started;
			}
			this.running = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void stop() {
		this.lock.lock();
		try {
			MonitorThread stopped = this.thread;
			this.thread = null;
			this.running = false;
			if (stopped != null) {
				stopped.stop();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/**
	 * Builds an {@link AsyncMonitor}. Not safe for use by multiple threads.
	 */
	public static final class Builder {

		private final List<EventLoopSource> sources = new ArrayList<>();

		private @Nullable Duration eventLoops;

		private Duration eventLoopsStartAfter = Duration.ZERO;

		private @Nullable Duration virtualThreads;

		private Duration virtualThreadsStartAfter = Duration.ZERO;

		private @Nullable Duration pinning;

		private Duration pinningStartAfter = Duration.ZERO;

		private LongSupplier clock = System::nanoTime;

		private InstantSource time = InstantSource.system();

		private Builder() {
		}

		/**
		 * Watches event loops.
		 * @param warnAbove how long a loop may be late, more than zero
		 * @return this builder
		 */
		public Builder eventLoops(Duration warnAbove) {
			return eventLoops(warnAbove, Duration.ZERO);
		}

		/**
		 * Watches event loops. While an application starts, code is loaded and compiled,
		 * and loops are late by that.
		 * @param warnAbove how long a loop may be late, more than zero
		 * @param startAfter how long to wait after the start of the monitor until
		 * something is found, zero or more; what is still blocked then is found then
		 * @return this builder
		 */
		public Builder eventLoops(Duration warnAbove, Duration startAfter) {
			this.eventLoops = requirePositive(warnAbove);
			this.eventLoopsStartAfter = requireNotNegative(startAfter);
			return this;
		}

		/**
		 * Adds a source of event loops.
		 * @param source the source
		 * @return this builder
		 */
		public Builder source(EventLoopSource source) {
			Assert.notNull(source, "'source' must not be null");
			this.sources.add(source);
			return this;
		}

		/**
		 * Watches whether virtual threads get to run.
		 * @param warnAbove how late a virtual thread may start, more than zero
		 * @return this builder
		 */
		public Builder virtualThreads(Duration warnAbove) {
			return virtualThreads(warnAbove, Duration.ZERO);
		}

		/**
		 * Watches whether virtual threads get to run.
		 * @param warnAbove how late a virtual thread may start, more than zero
		 * @param startAfter how long to wait after the start of the monitor until
		 * something is found, zero or more
		 * @return this builder
		 */
		public Builder virtualThreads(Duration warnAbove, Duration startAfter) {
			this.virtualThreads = requirePositive(warnAbove);
			this.virtualThreadsStartAfter = requireNotNegative(startAfter);
			return this;
		}

		/**
		 * Watches for virtual threads that are pinned to their carrier, if the Java
		 * runtime has a Flight Recorder.
		 * @param warnAbove how long a thread may be pinned, more than zero
		 * @param startAfter how long to wait after the start of the monitor, zero or more
		 * @return this builder
		 */
		public Builder pinning(Duration warnAbove, Duration startAfter) {
			this.pinning = requirePositive(warnAbove);
			this.pinningStartAfter = requireNotNegative(startAfter);
			return this;
		}

		private static Duration requireNotNegative(Duration startAfter) {
			Assert.isTrue(!startAfter.isNegative(),
					() -> "'startAfter' must not be negative but was %s".formatted(startAfter));
			return startAfter;
		}

		private static Duration requirePositive(Duration warnAbove) {
			Assert.isTrue(warnAbove.isPositive(),
					() -> "'warnAbove' must be more than zero but was %s".formatted(warnAbove));
			return warnAbove;
		}

		/**
		 * Sets the source of time; for tests.
		 * @param newClock gives monotonic time in nanoseconds
		 * @param newTime gives the time of day
		 * @return this builder
		 */
		Builder time(LongSupplier newClock, InstantSource newTime) {
			this.clock = newClock;
			this.time = newTime;
			return this;
		}

		/**
		 * Builds the monitor. No thread is started before {@link AsyncMonitor#start()}.
		 * @return the monitor
		 */
		public AsyncMonitor build() {
			return new AsyncMonitor(this);
		}

	}

}
