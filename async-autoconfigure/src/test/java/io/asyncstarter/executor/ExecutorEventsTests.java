package io.asyncstarter.executor;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Listeners and uncaught exceptions (CONFORMANCE G01, G31, C11, rule 8 of §5.1).
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class ExecutorEventsTests {

	@RegisterExtension
	final TestExecutors executors = new TestExecutors();

	private final Recorder recorder = new Recorder();

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void listenerIsCalledBeforeAndAfterEachTaskOnce(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting, (builder) -> builder.listener(this.recorder));

		executor.submit(() -> "value").get();
		TestExecutors.awaitIdle(executor);
		Future<?> failing = executor.submit(() -> {
			throw new IllegalStateException("test");
		});
		TestExecutors.awaitIdle(executor);
		Gate gate = new Gate();
		Future<String> cancelled = executor.submit(gate.returning("value"));
		gate.awaitArrivals(1);
		cancelled.cancel(true);
		TestExecutors.awaitIdle(executor);

		assertThat(failing.state()).isEqualTo(Future.State.FAILED);
		assertThat(this.recorder.events).containsExactly("before", "after SUCCEEDED", "before", "after FAILED",
				"before", "after CANCELLED");
	}

	@Test
	void listenerIsToldWaitAndRunTimes() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 1, (builder) -> builder.listener(this.recorder));
		Gate gate = new Gate();
		gate.occupy(executor);
		Future<?> queued = executor.submit(() -> this.executors.timer().advanceUnnoticed(Duration.ofMillis(30)));
		this.executors.timer().advance(Duration.ofMillis(200));

		gate.open();

		queued.get();
		TestExecutors.awaitIdle(executor);
		assertThat(this.recorder.waits).containsExactly(0L, 200_000_000L);
		assertThat(this.recorder.runs).containsExactly(200_000_000L, 30_000_000L);
	}

	@Test
	void listenerIsNotToldOfTaskCancelledInQueue() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 1, (builder) -> builder.listener(this.recorder));
		Gate gate = new Gate();
		gate.occupy(executor);
		executor.submit(gate.task()).cancel(true);
		gate.open();
		TestExecutors.awaitIdle(executor);

		assertThat(this.recorder.events).containsExactly("before", "after SUCCEEDED");
	}

	@Test
	void listenerIsToldRejectionsByReason() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.listener(this.recorder));
		Gate gate = new Gate();
		gate.occupy(executor);
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> executor.execute(gate.task()));
		executor.shutdown();
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> executor.execute(gate.task()));
		gate.open();
		executor.close();

		assertThat(this.recorder.events).containsExactly("before", "rejected SATURATED", "rejected SHUT_DOWN",
				"after SUCCEEDED", "terminated");
	}

	@Test
	void listenerWhenAddedLaterIsToldFromThenOn() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 1);
		executor.submit(() -> 1).get();
		TestExecutors.awaitIdle(executor);

		executor.addListener(this.recorder);
		executor.submit(() -> 1).get();
		TestExecutors.awaitIdle(executor);

		assertThat(this.recorder.events).containsExactly("before", "after SUCCEEDED");
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#bounded")
	void listenerWhenFailingHarmsNothing(Setting setting, CapturedOutput output) throws Exception {
		BoundedExecutor executor = this.executors.of(setting,
				(builder) -> builder.listener(new Failing()).listener(this.recorder));

		assertThat(executor.submit(() -> "value").get()).isEqualTo("value");
		TestExecutors.awaitIdle(executor);
		Gate gate = new Gate();
		gate.saturate(executor);
		assertThatExceptionOfType(ExecutorSaturatedException.class).isThrownBy(() -> executor.execute(gate.task()));
		gate.open();
		executor.close();

		assertThat(this.recorder.events).contains("before", "after SUCCEEDED", "rejected SATURATED", "terminated");
		assertThat(output).contains("of executor '%s' failed".formatted(executor.getName()));
	}

	@Test
	void uncaughtWithoutHandlerIsLoggedOnce(CapturedOutput output) {
		BoundedExecutor executor = this.executors.of(1, 1);

		executor.execute(() -> {
			throw new IllegalStateException("to be logged");
		});

		TestExecutors.awaitIdle(executor);
		assertThat(output.toString().split("Task of executor '%s' failed".formatted(executor.getName()), -1))
			.hasSize(2);
		assertThat(output).contains("IllegalStateException: to be logged");
	}

	@ParameterizedTest
	@EnumSource(ThreadKind.class)
	void uncaughtWithoutHandlerIsGivenToHandlerOfThread(ThreadKind threads) {
		List<Throwable> uncaught = new CopyOnWriteArrayList<>();
		BoundedExecutor executor = this.executors.of(new Setting(1, threads, 1),
				(builder) -> builder.threadFactory((body) -> {
					Thread thread = (threads == ThreadKind.VIRTUAL) ? Thread.ofVirtual().unstarted(body)
							: new Thread(body);
					thread.setUncaughtExceptionHandler((failed, ex) -> uncaught.add(ex));
					return thread;
				}));

		executor.execute(() -> {
			throw new IllegalStateException("test");
		});

		TestExecutors.awaitIdle(executor);
		assertThat(uncaught).singleElement().isInstanceOf(IllegalStateException.class);
	}

	@ParameterizedTest
	@EnumSource(ThreadKind.class)
	void uncaughtWithoutHandlerIsGivenToDefaultHandler(ThreadKind threads) {
		List<Throwable> uncaught = new CopyOnWriteArrayList<>();
		Thread.UncaughtExceptionHandler previous = Thread.getDefaultUncaughtExceptionHandler();
		BoundedExecutor executor = this.executors.of(new Setting(1, threads, 1));
		Thread.setDefaultUncaughtExceptionHandler((thread, ex) -> uncaught.add(ex));
		try {
			executor.execute(() -> {
				throw new IllegalStateException("test");
			});
			TestExecutors.awaitIdle(executor);
		}
		finally {
			Thread.setDefaultUncaughtExceptionHandler(previous);
		}

		assertThat(uncaught).singleElement().isInstanceOf(IllegalStateException.class);
	}

	@Test
	void uncaughtWhenHandlerFailsHarmsNothing(CapturedOutput output) throws Exception {
		BoundedExecutor executor = this.executors.of(1, 1,
				(builder) -> builder.uncaughtExceptionHandler((thread, ex) -> {
					throw new IllegalArgumentException("handler");
				}));

		executor.execute(() -> {
			throw new IllegalStateException("test");
		});

		TestExecutors.awaitIdle(executor);
		assertThat(executor.submit(() -> 1).get()).isEqualTo(1);
		assertThat(output).contains("Uncaught exception handler of executor '%s' failed".formatted(executor.getName()));
	}

	@Test
	void uncaughtWhenQueuedCommandExpiresIsReported() throws Exception {
		AtomicReference<@Nullable Throwable> uncaught = new AtomicReference<>();
		BoundedExecutor executor = this.executors.manual(1, 1, (builder) -> builder.queueTimeout(Duration.ofSeconds(1))
			.uncaughtExceptionHandler((thread, ex) -> uncaught.set(ex)));
		Gate gate = new Gate();
		gate.occupy(executor);
		executor.execute(gate.task());

		this.executors.timer().advance(Duration.ofSeconds(1));

		TestExecutors.eventually("reported").until(() -> uncaught.get() instanceof QueueTimeoutException);
		gate.open();
	}

	@Test
	void uncaughtWhenContextCannotBeRestoredIsReportedOnce() throws Exception {
		List<Throwable> uncaught = new CopyOnWriteArrayList<>();
		BoundedExecutor executor = this.executors.of(1, 1,
				(builder) -> builder.uncaughtExceptionHandler((thread, ex) -> uncaught.add(ex)));
		IllegalStateException failure = new IllegalStateException("accessor");
		FailingAccessor accessor = new FailingAccessor(failure);
		ContextRegistry.getInstance().registerThreadLocalAccessor(accessor);
		try {
			accessor.value.set("value");
			executor.execute(() -> {
			});
			Future<String> future = executor.submit(() -> "value");
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get).withCause(failure);
			TestExecutors.awaitIdle(executor);
		}
		finally {
			accessor.value.remove();
			ContextRegistry.getInstance().removeThreadLocalAccessor("failing");
		}

		assertThat(uncaught).containsExactly(failure);
	}

	/**
	 * An accessor that cannot set its value.
	 */
	private static final class FailingAccessor implements ThreadLocalAccessor<String> {

		private final ThreadLocal<@Nullable String> value = new ThreadLocal<>();

		private final RuntimeException failure;

		FailingAccessor(RuntimeException failure) {
			this.failure = failure;
		}

		@Override
		public Object key() {
			return "failing";
		}

		@Override
		public @Nullable String getValue() {
			return this.value.get();
		}

		@Override
		public void setValue(String value) {
			throw this.failure;
		}

		@Override
		public void setValue() {
			this.value.remove();
		}

	}

	/**
	 * Keeps what it is told.
	 */
	private static final class Recorder implements BoundedExecutorListener {

		private final List<String> events = new CopyOnWriteArrayList<>();

		private final List<Long> waits = new CopyOnWriteArrayList<>();

		private final List<Long> runs = new CopyOnWriteArrayList<>();

		@Override
		public void beforeTask(BoundedExecutor executor, long queuedNanos) {
			this.events.add("before");
			this.waits.add(queuedNanos);
		}

		@Override
		public void afterTask(BoundedExecutor executor, TaskOutcome outcome, long runNanos) {
			this.events.add("after " + outcome);
			this.runs.add(runNanos);
		}

		@Override
		public void taskRejected(BoundedExecutor executor, RejectionReason reason) {
			this.events.add("rejected " + reason);
		}

		@Override
		public void terminated(BoundedExecutor executor) {
			this.events.add("terminated");
		}

	}

	/**
	 * Fails at everything.
	 */
	private static final class Failing implements BoundedExecutorListener {

		@Override
		public void beforeTask(BoundedExecutor executor, long queuedNanos) {
			throw new IllegalStateException("test");
		}

		@Override
		public void afterTask(BoundedExecutor executor, TaskOutcome outcome, long runNanos) {
			throw new StackOverflowError("test");
		}

		@Override
		public void taskRejected(BoundedExecutor executor, RejectionReason reason) {
			throw new IllegalStateException("test");
		}

		@Override
		public void terminated(BoundedExecutor executor) {
			throw new IllegalStateException("test");
		}

	}

}
