package io.asyncstarter.deadline;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What tests of scopes have in common: work that blocks until it is interrupted, threads
 * that can be interrupted, and the check that a test leaves its own thread clean.
 */
final class Interruptions implements AfterEachCallback {

	@Override
	public void afterEach(ExtensionContext context) {
		assertThat(Thread.interrupted()).as("interrupt flag after the test").isFalse();
		assertThat(CurrentBound.get()).as("bound left on the thread").isNull();
	}

	/**
	 * Blocks until the thread is interrupted.
	 * @param <T> the type of a result that never comes
	 * @return never
	 * @throws InterruptedException always
	 */
	@SuppressWarnings("TypeParameterUnusedInFormals") // never returns one
	static <T> T block() throws InterruptedException {
		new CountDownLatch(1).await();
		throw new AssertionError("Latch opened by itself");
	}

	/**
	 * Starts work on a thread of its own.
	 * @param <T> the type of the result
	 * @param work the work
	 * @return the running work
	 */
	static <T> Running<T> start(Callable<T> work) {
		FutureTask<T> task = new FutureTask<>(work);
		return new Running<>(Thread.ofPlatform().daemon().start(task), task);
	}

	/**
	 * Work that runs on a thread of its own.
	 *
	 * @param <T> the type of the result
	 * @param thread the thread
	 * @param task the work
	 */
	record Running<T>(Thread thread, FutureTask<T> task) {

		Running<T> awaitBlocked() {
			Awaitility.await()
				.pollInterval(1, TimeUnit.MILLISECONDS)
				.until(() -> this.thread.getState() == Thread.State.WAITING);
			return this;
		}

		T join() throws Exception {
			return this.task.get(10, TimeUnit.SECONDS);
		}

	}

}
