package io.asyncstarter.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Closes a body under a reader that does not listen to interrupts, as the stream of
 * Spring's client for Reactor Netty, which goes on to wait with its thread at full speed.
 */
final class BodyGuard {

	private static final Log logger = LogFactory.getLog(BodyGuard.class);

	/**
	 * How much later than the interrupt that is: time for those who do listen.
	 */
	private static final long GRACE_NANOS = Duration.ofMillis(20).toNanos();

	private static final long WAIT_NANOS = Duration.ofMillis(1).toNanos();

	private static final long LONGEST_WAIT_NANOS = Duration.ofMillis(100).toNanos();

	private BodyGuard() {
	}

	/**
	 * Does something with a body that must be done by a deadline.
	 * @param <T> the type of the result
	 * @param deadline the deadline, at which the thread is interrupted by someone else
	 * @param body what is closed then, on another thread since that may block
	 * @param reading what is done
	 * @return its result
	 * @throws Exception if it fails; an {@link InterruptedIOException} if the body was
	 * closed under it, however it ended
	 */
	static <T extends @Nullable Object> T by(Deadline deadline, InputStream body, Callable<T> reading)
			throws Exception {
		if (deadline.isUnbounded()) {
			return reading.call();
		}
		AtomicBoolean closed = new AtomicBoolean();
		DeadlineTimer.Timeout timeout = DeadlineTimer.shared()
			.schedule(Math.max(0, deadline.remainingNanos()) + GRACE_NANOS, () -> closeElsewhere(body, closed));
		try {
			T result = reading.call();
			if (closed.get()) {
				throw interrupted(null);
			}
			return result;
		}
		catch (IOException ex) {
			throw (closed.get()) ? interrupted(ex) : ex;
		}
		finally {
			timeout.cancel();
		}
	}

	/**
	 * Returns the failure once the thread has been interrupted, so that whoever does that
	 * recognizes it: a timer that is late may do the two in any order.
	 */
	private static InterruptedIOException interrupted(@Nullable IOException cause) {
		long end = System.nanoTime() + LONGEST_WAIT_NANOS;
		while (!Thread.currentThread().isInterrupted() && System.nanoTime() - end < 0) {
			LockSupport.parkNanos(WAIT_NANOS);
		}
		InterruptedIOException interrupted = new InterruptedIOException("The body was closed: the time is up");
		interrupted.initCause(cause);
		return interrupted;
	}

	private static void closeElsewhere(Closeable body, AtomicBoolean closed) {
		Thread.ofVirtual().name("async-close-body").inheritInheritableThreadLocals(false).start(() -> {
			closed.set(true);
			try {
				body.close();
			}
			catch (IOException | RuntimeException ex) {
				logger.debug("A body could not be closed", ex);
			}
		});
	}

}
