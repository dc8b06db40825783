package io.asyncstarter.monitor;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The one daemon platform thread of the monitors. A platform thread, because a virtual
 * one would not run in just the moments that it is there for.
 */
final class MonitorThread {

	private static final Log logger = LogFactory.getLog(MonitorThread.class);

	/**
	 * A delay of this length is a pause of the machine (a garbage collection, a suspended
	 * process) and nobody's fault; a shorter one is what a busy machine does.
	 */
	private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

	private static final long LONGEST_SLEEP_NANOS = TimeUnit.SECONDS.toNanos(10);

	private static final Duration STOP_TIME = Duration.ofSeconds(2);

	private final List<Watch> watches;

	private final LongSupplier clock;

	private final Thread thread;

	private volatile boolean stopped;

	private MonitorThread(List<Watch> watches, LongSupplier clock) {
		this.watches = watches;
		this.clock = clock;
		this.thread = Thread.ofPlatform()
			.name("async-monitor")
			.daemon()
			.inheritInheritableThreadLocals(false)
			.unstarted(this::run);
		this.thread.setContextClassLoader(MonitorThread.class.getClassLoader());
	}

	static MonitorThread start(List<Watch> watches, LongSupplier clock) {
		MonitorThread monitorThread = new MonitorThread(watches, clock);
		monitorThread.thread.start();
		return monitorThread;
	}

	/**
	 * Looks at everything at once, instead of when it is due.
	 */
	void wakeUp() {
		LockSupport.unpark(this.thread);
	}

	/**
	 * Ends the thread and waits for its end.
	 */
	void stop() {
		this.stopped = true;
		wakeUp();
		try {
			if (!this.thread.join(STOP_TIME)) {
				logger.warn(
						"Thread '%s' did not end within %d ms".formatted(this.thread.getName(), STOP_TIME.toMillis()));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void run() {
		this.watches.forEach((watch) -> watch.begin(this.clock.getAsLong()));
		try {
			long due = this.clock.getAsLong();
			while (!this.stopped) {
				due = round(due);
				LockSupport.parkNanos(this, due - this.clock.getAsLong());
				// Otherwise there would be no more parking.
				Thread.interrupted();
			}
		}
		finally {
			this.watches.forEach(Watch::end);
		}
	}

	/**
	 * Looks at everything.
	 * @param due when that should have happened
	 * @return when to look again
	 */
	private long round(long due) {
		long now = this.clock.getAsLong();
		long late = now - due;
		long next = now + LONGEST_SLEEP_NANOS;
		for (Watch watch : this.watches) {
			try {
				long nextOfWatch = watch.check(now, (late > PAUSE_NANOS) ? late : 0);
				next = (nextOfWatch - next < 0) ? nextOfWatch : next;
			}
			catch (RuntimeException | LinkageError ex) {
				logger.warn("A monitor failed", ex);
			}
		}
		return next;
	}

}
