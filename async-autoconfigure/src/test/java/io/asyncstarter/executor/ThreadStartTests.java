package io.asyncstarter.executor;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Thread factories that fail (CONFORMANCE G27, X07).
 */
@Timeout(60)
class ThreadStartTests {

	@RegisterExtension
	final TestExecutors executors = new TestExecutors();

	static Stream<Arguments> failures() {
		return Stream.of(ThreadKind.values())
			.flatMap((threads) -> Stream.of(Failure.values()).map((failure) -> Arguments.of(threads, failure)));
	}

	@ParameterizedTest
	@MethodSource("failures")
	void executeWhenThreadCannotBeStartedThrowsAndReturnsPermit(ThreadKind threads, Failure failure) {
		Factory factory = new Factory(threads, failure);
		BoundedExecutor executor = this.executors.of(new Setting(2, threads, 0),
				(builder) -> builder.threadFactory(factory));
		AtomicInteger runs = new AtomicInteger();

		factory.failing.set(true);
		for (int i = 0; i < 5; i++) {
			Class<? extends Throwable> expected = (failure == Failure.OUT_OF_MEMORY) ? OutOfMemoryError.class
					: RejectedExecutionException.class;
			assertThatExceptionOfType(expected).isThrownBy(() -> executor.execute(runs::incrementAndGet));
		}
		factory.failing.set(false);

		factory.joinOwnThreads();
		assertThat(runs).hasValue(0);
		assertThat(executor.getStats().rejected()).containsEntry(RejectionReason.START_FAILED, 5L);
		assertThat(executor.getStats().completed()).isZero();
	}

	@ParameterizedTest
	@EnumSource(ThreadKind.class)
	void executeWhenThreadCannotBeStartedSaysExecutor(ThreadKind threads) {
		Factory factory = new Factory(threads, Failure.THROWS);
		BoundedExecutor executor = this.executors.of(new Setting(1, threads, 0),
				(builder) -> builder.threadFactory(factory));

		factory.failing.set(true);
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> executor.submit(() -> 1))
			.withMessage("Executor '%s' could not start a thread for the task", executor.getName())
			.withCauseInstanceOf(IllegalStateException.class);
		factory.failing.set(false);
	}

	@ParameterizedTest
	@EnumSource(Failure.class)
	void releaseWhenThreadOfQueuedTaskCannotBeStartedFailsItsFutureAndGoesOn(Failure failure) throws Exception {
		// only a thread per task is started for a queued task
		Factory factory = new Factory(ThreadKind.VIRTUAL, failure);
		List<RejectionReason> rejections = new CopyOnWriteArrayList<>();
		BoundedExecutor executor = this.executors.of(1, 10,
				(builder) -> builder.threadFactory(factory).listener(new BoundedExecutorListener() {

					@Override
					public void taskRejected(BoundedExecutor executor, RejectionReason reason) {
						rejections.add(reason);
					}

				}));
		Gate gate = new Gate();
		gate.occupy(executor);
		Future<String> first = executor.submit(() -> "first");
		Future<String> second = executor.submit(() -> "second");
		factory.failing.set(true);
		factory.failures.set(1);

		gate.open();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(first::get)
			.satisfies((ex) -> assertThat(ex.getCause()).isInstanceOf(
					(failure == Failure.OUT_OF_MEMORY) ? OutOfMemoryError.class : RejectedExecutionException.class));
		assertThat(second.get()).isEqualTo("second");
		assertThat(rejections).containsExactly(RejectionReason.START_FAILED);
		factory.failing.set(false);
	}

	@Test
	void setMaxConcurrencyWhenThreadOfQueuedTaskCannotBeStartedFailsItsFuture() throws Exception {
		Factory factory = new Factory(ThreadKind.PLATFORM, Failure.OUT_OF_MEMORY);
		BoundedExecutor executor = this.executors.of(new Setting(1, ThreadKind.PLATFORM, 10),
				(builder) -> builder.threadFactory(factory));
		Gate gate = new Gate();
		gate.occupy(executor);
		Future<String> future = executor.submit(() -> "value");
		factory.failing.set(true);

		executor.setMaxConcurrency(2);

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
			.withCauseInstanceOf(OutOfMemoryError.class);
		factory.failing.set(false);
		gate.open();
	}

	@Test
	void shutdownWhenThreadOfLastQueuedTaskCannotBeStartedTerminates() throws Exception {
		Factory factory = new Factory(ThreadKind.VIRTUAL, Failure.THROWS);
		BoundedExecutor executor = this.executors.of(1, 10, (builder) -> builder.threadFactory(factory));
		Gate gate = new Gate();
		gate.occupy(executor);
		Future<String> future = executor.submit(() -> "value");
		factory.failing.set(true);
		executor.shutdown();

		gate.open();

		assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		assertThat(future.state()).isEqualTo(Future.State.FAILED);
	}

	@ParameterizedTest
	@EnumSource(ThreadKind.class)
	void executeWhenFactoryRunsBodyTwiceRunsTaskOnce(ThreadKind threads) {
		// A body that is run again must neither run the task nor give a permit back.
		List<Thread> again = new CopyOnWriteArrayList<>();
		ThreadFactory factory = (body) -> {
			Thread second = new Thread(body);
			again.add(second);
			return new Thread(body, "twice");
		};
		BoundedExecutor executor = this.executors.of(new Setting(1, ThreadKind.VIRTUAL, 0),
				(builder) -> builder.threadFactory(factory));
		AtomicInteger runs = new AtomicInteger();

		executor.execute(runs::incrementAndGet);
		TestExecutors.awaitIdle(executor);
		again.forEach(Thread::start);
		again.forEach(ThreadStartTests::join);

		assertThat(runs).hasValue(1);
		again.clear();
	}

	private static void join(Thread thread) {
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * The ways in which a factory fails.
	 */
	enum Failure {

		NO_THREAD, STARTED_THREAD, TERMINATED_THREAD, THROWS, RUNS_BODY_ITSELF, OUT_OF_MEMORY

	}

	/**
	 * A factory that fails when told.
	 */
	private static final class Factory implements ThreadFactory {

		private final AtomicBoolean failing = new AtomicBoolean();

		private final AtomicInteger failures = new AtomicInteger(Integer.MAX_VALUE);

		private final List<Thread> ownThreads = new CopyOnWriteArrayList<>();

		private final ThreadKind threads;

		private final Failure failure;

		Factory(ThreadKind threads, Failure failure) {
			this.threads = threads;
			this.failure = failure;
		}

		@SuppressWarnings("NullAway") // a bad factory
		@Override
		public Thread newThread(Runnable body) {
			if (!this.failing.get() || this.failures.getAndDecrement() <= 0) {
				return thread(body);
			}
			return switch (this.failure) {
				case NO_THREAD -> null;
				case STARTED_THREAD -> started(body);
				case TERMINATED_THREAD -> {
					Thread thread = started(body);
					join(thread);
					yield thread;
				}
				case THROWS -> throw new IllegalStateException("test");
				case RUNS_BODY_ITSELF -> {
					body.run();
					throw new IllegalStateException("test");
				}
				case OUT_OF_MEMORY -> new Thread(body) {

					@Override
					public void start() {
						throw new OutOfMemoryError("test");
					}

				};
			};
		}

		private Thread started(Runnable body) {
			Thread thread = thread(body);
			this.ownThreads.add(thread);
			thread.start();
			return thread;
		}

		private Thread thread(Runnable body) {
			return (this.threads == ThreadKind.VIRTUAL) ? Thread.ofVirtual().unstarted(body)
					: Thread.ofPlatform().daemon().unstarted(body);
		}

		void joinOwnThreads() {
			this.ownThreads.forEach(ThreadStartTests::join);
		}

	}

}
