package io.asyncstarter.sync;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A thread that takes part in a test, and what it does.
 *
 * @param <T> the type of the result
 * @param thread the thread
 * @param task what it does
 */
public record Party<T>(Thread thread, FutureTask<T> task) {

	private static final Set<Thread.State> BLOCKED = EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

	/**
	 * Starts work on a virtual thread.
	 */
	public static <T> Party<T> start(Callable<T> work) {
		return start(Kind.VIRTUAL, work);
	}

	public static <T> Party<T> start(Kind kind, Callable<T> work) {
		FutureTask<T> task = new FutureTask<>(work);
		Thread thread = switch (kind) {
			case VIRTUAL -> Thread.ofVirtual().start(task);
			case PLATFORM -> Thread.ofPlatform().daemon().start(task);
		};
		return new Party<>(thread, task);
	}

	/**
	 * Starts work and waits until it blocks.
	 */
	public static <T> Party<T> blocked(Kind kind, Callable<T> work) {
		return start(kind, work).awaitBlocked();
	}

	public Party<T> awaitBlocked() {
		until(() -> BLOCKED.contains(this.thread.getState()));
		return this;
	}

	/**
	 * Waits until something has become true.
	 */
	public static void until(Callable<Boolean> condition) {
		Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(condition);
	}

	public void interrupt() {
		this.thread.interrupt();
	}

	public boolean isDone() {
		return this.task.isDone();
	}

	public T join() throws Exception {
		return this.task.get(20, TimeUnit.SECONDS);
	}

	/**
	 * Waits for the end of the work and checks how it failed.
	 */
	public void assertFailed(Class<? extends Throwable> type) {
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(this::join).withCauseInstanceOf(type);
	}

	/**
	 * The kinds of threads.
	 */
	public enum Kind {

		/**
		 * Virtual.
		 */
		VIRTUAL,

		/**
		 * Platform.
		 */
		PLATFORM

	}

}
