package io.asyncstarter.task;

import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Makes the tasks of a test, in a time that the test moves, and work for them that can be
 * waited for. When the test has ended, checks that it leaks nothing: no group, no
 * background task, no thread, no timer entry, no interrupt, no deadline.
 */
final class TestTasks implements AfterEachCallback {

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

	private final Tasks tasks;

	TestTasks() {
		this((builder) -> {
		});
	}

	TestTasks(Consumer<Tasks.Builder> customizer) {
		Tasks.Builder builder = Tasks.builder().timer(this.timer);
		customizer.accept(builder);
		this.tasks = builder.build();
	}

	Tasks get() {
		return this.tasks;
	}

	ManualDeadlineTimer timer() {
		return this.timer;
	}

	@Override
	public void afterEach(ExtensionContext context) {
		assertThat(Thread.interrupted()).as("interrupt flag after the test").isFalse();
		assertThat(Deadline.current().isUnbounded()).as("no deadline left on the thread").isTrue();
		eventually("all threads to end").until(() -> this.threads.stream().noneMatch(Thread::isAlive));
		assertThat(this.tasks.tree().roots()).as("what is left in the tree").isEmpty();
		assertThat(this.timer.armed()).as("timer entries").isZero();
	}

	static ConditionFactory eventually(String what) {
		return Awaitility.await(what).pollDelay(0, TimeUnit.MILLISECONDS).pollInterval(1, TimeUnit.MILLISECONDS);
	}

	/**
	 * Work that reports that it has begun and blocks until it is interrupted.
	 */
	Blocking blocking() {
		return new Blocking();
	}

	/**
	 * Starts work on a platform thread of its own.
	 */
	<T> Running<T> start(Callable<T> work) {
		FutureTask<T> task = new FutureTask<>(work);
		Thread thread = Thread.ofPlatform().daemon().start(task);
		this.threads.add(thread);
		return new Running<>(thread, task);
	}

	/**
	 * Makes sure that the current thread, unless it is that of the test, ends soon.
	 */
	private void watch() {
		if (Thread.currentThread().isVirtual()) {
			this.threads.add(Thread.currentThread());
		}
	}

	/**
	 * Waits for something without blocking, so that an interrupt stays pending.
	 */
	static void spinUntil(BooleanSupplier condition) {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() > end) {
				throw new AssertionError("Condition did not come true");
			}
			Thread.yield();
		}
	}

	static <T> T fail(Throwable failure) throws Exception {
		if (failure instanceof Error error) {
			throw error;
		}
		throw (Exception) failure;
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
			eventually("thread to block").until(() -> this.thread.getState() == Thread.State.WAITING);
			return this;
		}

		T join() throws Exception {
			return this.task.get(20, TimeUnit.SECONDS);
		}

	}

	/**
	 * Work that blocks until it is interrupted or released.
	 */
	final class Blocking implements Callable<String> {

		private final CountDownLatch begun = new CountDownLatch(1);

		private final CountDownLatch released = new CountDownLatch(1);

		private final CountDownLatch interrupted = new CountDownLatch(1);

		@Override
		public String call() throws InterruptedException {
			watch();
			this.begun.countDown();
			try {
				this.released.await();
				return "released";
			}
			catch (InterruptedException ex) {
				this.interrupted.countDown();
				throw ex;
			}
		}

		/**
		 * Blocks, and cannot be interrupted.
		 */
		String ignoringInterrupts() {
			watch();
			this.begun.countDown();
			while (true) {
				try {
					this.released.await();
					return "released";
				}
				catch (InterruptedException ex) {
					this.interrupted.countDown();
				}
			}
		}

		Blocking awaitBegun() throws InterruptedException {
			assertThat(this.begun.await(20, TimeUnit.SECONDS)).as("work has begun").isTrue();
			return this;
		}

		void awaitInterrupted() throws InterruptedException {
			assertThat(this.interrupted.await(20, TimeUnit.SECONDS)).as("work was interrupted").isTrue();
		}

		boolean hasBegun() {
			return this.begun.getCount() == 0;
		}

		boolean wasInterrupted() {
			return this.interrupted.getCount() == 0;
		}

		void release() {
			this.released.countDown();
		}

	}

}
