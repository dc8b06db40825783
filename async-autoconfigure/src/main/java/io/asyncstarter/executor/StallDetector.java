package io.asyncstarter.executor;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Notices when all running tasks of an executor wait for tasks that they submitted to
 * this same executor, in a way that does not let them run in place: by a latch, or by a
 * {@link java.util.concurrent.CompletableFuture} that is not of the executor's making.
 * <p>
 * It looks only while at least as many such tasks are in the queue as tasks run, and then
 * once a second. A stall is that nothing has ended between two looks and all threads are
 * blocked in a class of {@code java.util.concurrent}; it is logged and counted once.
 */
final class StallDetector {

	private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final Log logger = LogFactory.getLog(BoundedExecutor.class);

	private static final DeadlineTimer.Timeout LOOKING = () -> false;

	private final BoundedExecutor executor;

	private final Admission admission;

	private final DeadlineTimer timer;

	/**
	 * The timer entry of the next look, {@link #LOOKING} while a look is prepared or
	 * under way, {@code null} if none is needed.
	 */
	private final AtomicReference<DeadlineTimer.@Nullable Timeout> next = new AtomicReference<>();

	private volatile boolean closed;

	/**
	 * The progress of the executor at its last stall.
	 */
	private long reported = -1;

	StallDetector(BoundedExecutor executor, Admission admission, DeadlineTimer timer) {
		this.executor = executor;
		this.admission = admission;
		this.timer = timer;
	}

	/**
	 * Called when a task has submitted a task that was queued.
	 */
	void watch() {
		if (this.next.get() == null && this.admission.suspicion() != null && this.next.compareAndSet(null, LOOKING)) {
			lookLater(this.admission.suspicion());
		}
	}

	/**
	 * Called when there will be no more tasks.
	 */
	void close() {
		this.closed = true;
		DeadlineTimer.Timeout timeout = this.next.get();
		if (timeout != null) {
			timeout.cancel();
		}
	}

	/**
	 * Arranges for the next look if it is needed.
	 */
	private void lookLater(@Nullable StallSuspicion suspicion) {
		if (suspicion == null || this.closed) {
			this.next.set(null);
			// Whoever has submitted one in the meantime has relied on us.
			if (!this.closed) {
				watch();
			}
			return;
		}
		DeadlineTimer.Timeout timeout = this.timer.schedule(PERIOD_NANOS, () -> startLook(suspicion.progress()));
		// Unless the look is under way already, which then comes first.
		this.next.compareAndSet(LOOKING, timeout);
		if (this.closed) {
			timeout.cancel();
		}
	}

	/**
	 * Looks on a thread of its own, since logging takes time.
	 */
	private void startLook(long progress) {
		this.next.set(LOOKING);
		Thread.ofVirtual()
			.name(this.executor.getName() + "-stalls")
			.inheritInheritableThreadLocals(false)
			.start(() -> look(progress));
	}

	private void look(long progress) {
		StallSuspicion suspicion = this.admission.suspicion();
		if (suspicion != null && suspicion.progress() == progress && this.reported != progress
				&& isAllBlocked(suspicion)) {
			this.reported = progress;
			logger.warn(message(suspicion));
			this.admission.stalled();
		}
		lookLater(suspicion);
	}

	/**
	 * Returns whether a look would find all running tasks blocked; for tests.
	 */
	boolean isAllBlocked() {
		StallSuspicion suspicion = this.admission.suspicion();
		return suspicion != null && isAllBlocked(suspicion);
	}

	private static boolean isAllBlocked(StallSuspicion suspicion) {
		return suspicion.threads().size() == suspicion.running()
				&& suspicion.threads().stream().allMatch((thread) -> isBlocked(thread.getState(), thread));
	}

	private static boolean isBlocked(Thread.State state, Thread thread) {
		if (state != Thread.State.WAITING && state != Thread.State.TIMED_WAITING) {
			return false;
		}
		for (StackTraceElement frame : thread.getStackTrace()) {
			String className = frame.getClassName();
			if (className.startsWith("java.util.concurrent.") && !className.equals(LockSupport.class.getName())) {
				return true;
			}
			boolean jdk = className.startsWith("java.") || className.startsWith("jdk.internal.");
			// Neither asleep nor in a socket, nor in code of the user's.
			if (!jdk || className.startsWith("java.nio.")) {
				return false;
			}
		}
		return false;
	}

	private String message(StallSuspicion suspicion) {
		StringBuilder message = new StringBuilder("""
				%s seems to be stalled: all its running tasks have been waiting for a second, and %d tasks that \
				tasks of this executor submitted to it are in its queue. If the former wait for the latter, they \
				wait for ever. Wait for a nested task by get() or join() on the future that this executor returned, \
				which runs it in place, or submit it to another executor, or raise 'max-concurrency'. \
				The running tasks:""".formatted(this.executor, suspicion.nested()));
		for (Thread thread : suspicion.threads()) {
			message.append("\n\"%s\" %s".formatted(thread.getName(), thread.getState()));
			for (StackTraceElement frame : thread.getStackTrace()) {
				message.append("\n\tat ").append(frame);
			}
		}
		return message.toString();
	}

}
