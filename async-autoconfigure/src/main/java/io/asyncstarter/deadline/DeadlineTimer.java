package io.asyncstarter.deadline;

/**
 * Monotonic time, and a way to be told when some of it has passed: the argument through
 * which time and scheduling come in, so that tests can own both.
 * <p>
 * Implementations are safe for use by multiple threads. They never run an expiry early,
 * never run it on the caller's thread from within {@code schedule}, and keep nothing of
 * an expiry that was cancelled or has run.
 *
 * @since 0.1.0
 */
public interface DeadlineTimer {

	/**
	 * Returns the current time, comparable only with other values of this timer and only
	 * by subtraction, as with {@link System#nanoTime()}.
	 * @return the current time in nanoseconds
	 */
	long nanoTime();

	/**
	 * Arranges for an expiry to run once, when the delay has passed.
	 * @param delayNanos the delay in nanoseconds; zero and less mean as soon as possible
	 * @param expiry what to run. It runs on the timer's own thread, which all deadlines
	 * share, so it must be short, must not block and must not call a user's code. What it
	 * throws is logged and affects no other expiry
	 * @return a handle to take the arrangement back
	 */
	Timeout schedule(long delayNanos, Runnable expiry);

	/**
	 * Does the same as {@link #schedule(long, Runnable)}, for a caller who has just read
	 * the time.
	 * @param now a value of {@link #nanoTime()} read just before; the delay counts from
	 * there
	 * @param delayNanos the delay in nanoseconds; zero and less mean as soon as possible
	 * @param expiry what to run
	 * @return a handle to take the arrangement back
	 */
	default Timeout schedule(long now, long delayNanos, Runnable expiry) {
		return schedule(delayNanos - (nanoTime() - now), expiry);
	}

	/**
	 * Returns how many expiries are scheduled, of all who use this timer: back to what it
	 * was when work has ended that took back what it had scheduled.
	 * @return the number of expiries that have neither run nor been cancelled
	 */
	int armed();

	/**
	 * Returns the timer that all deadlines share unless told otherwise: real time, and
	 * one daemon platform thread that is started with the first expiry, sleeps until the
	 * next one is due, and runs expiries at most about a millisecond late on an idle
	 * machine.
	 * @return the shared timer
	 */
	static DeadlineTimer shared() {
		return WheelTimer.SHARED;
	}

	/**
	 * An expiry that has been scheduled.
	 */
	interface Timeout {

		/**
		 * Takes the expiry back. Does not wait for an expiry that is running.
		 * @return {@code true} if the expiry has not run and will not run; {@code false}
		 * if it has run, is running, is about to run or had been cancelled before
		 */
		boolean cancel();

	}

}
