package io.asyncstarter.executor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * {@code invokeAll} and {@code invokeAny} (CONFORMANCE G09 to G17, rule 3 of §5.1).
 */
@Timeout(120)
class BulkInvocationTests {

	@RegisterExtension
	final TestExecutors executors = new TestExecutors();

	@SuppressWarnings("NullAway") // what a caller without checks may do
	@Test
	void invokeWhenArgumentsAreWrongThrows() {
		BoundedExecutor executor = this.executors.of(1, 1);
		Collection<Callable<String>> none = null;

		assertThatNullPointerException().isThrownBy(() -> executor.invokeAny(none));
		assertThatNullPointerException().isThrownBy(() -> executor.invokeAny(none, 1, TimeUnit.SECONDS));
		assertThatNullPointerException().isThrownBy(() -> executor.invokeAny(List.of(() -> 1), 1, null));
		assertThatNullPointerException().isThrownBy(() -> executor.invokeAll(none));
		assertThatNullPointerException().isThrownBy(() -> executor.invokeAll(none, 1, TimeUnit.SECONDS));
		assertThatNullPointerException().isThrownBy(() -> executor.invokeAll(List.of(() -> 1), 1, null));
		assertThatIllegalArgumentException().isThrownBy(() -> executor.invokeAny(List.of()));
		assertThatIllegalArgumentException().isThrownBy(() -> executor.invokeAny(List.of(), 1, TimeUnit.SECONDS));
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void invokeWhenElementIsNullThrowsAndCancelsStarted(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		AtomicBoolean started = new AtomicBoolean();
		Callable<String> first = () -> {
			started.set(true);
			return gate.returning("value").call();
		};

		assertThatNullPointerException().isThrownBy(() -> executor.invokeAny(Arrays.asList(first, null)));
		assertThatNullPointerException().isThrownBy(() -> executor.invokeAll(Arrays.asList(first, null)));

		TestExecutors.awaitIdle(executor);
		assertThat(gate.interrupted()).isEqualTo(gate.arrivals());
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void invokeAnyReturnsFirstSuccessAndInterruptsOthers(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();

		String value = executor.invokeAny(List.of(this::fail, () -> "value", gate.returning("other"), this::fail));

		assertThat(value).isEqualTo("value");
		TestExecutors.awaitIdle(executor);
		assertThat(gate.interrupted()).isEqualTo(gate.arrivals());
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void invokeAnyWhenAllFailThrowsLastFailure(Setting setting) {
		BoundedExecutor executor = this.executors.of(setting);

		assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> executor.invokeAny(List.of(this::fail, this::fail, this::fail)))
			.withCauseInstanceOf(IllegalStateException.class);
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void invokeAnyWhenInterruptedBeforeThrowsAndClearsFlag(Setting setting) {
		BoundedExecutor executor = this.executors.of(setting);
		AtomicInteger runs = new AtomicInteger();

		Thread.currentThread().interrupt();

		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> executor.invokeAny(List.of(runs::incrementAndGet)));
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(runs).hasValue(0);
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void invokeAnyWhenInterruptedMeanwhileInterruptsTasks(Setting setting) throws Exception {
		Gate gate = new Gate();
		assertInterruptible(this.executors.of(setting), gate,
				(executor) -> executor.invokeAny(List.of(gate.returning(1), gate.returning(2))));
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void timedInvokeAnyWhenInterruptedMeanwhileInterruptsTasks(Setting setting) throws Exception {
		Gate gate = new Gate();
		assertInterruptible(this.executors.of(setting), gate,
				(executor) -> executor.invokeAny(List.of(gate.returning(1), gate.returning(2)), 60, TimeUnit.SECONDS));
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void invokeAllWhenInterruptedMeanwhileInterruptsTasks(Setting setting) throws Exception {
		Gate gate = new Gate();
		assertInterruptible(this.executors.of(setting), gate,
				(executor) -> executor.invokeAll(List.of(gate.returning(1), gate.returning(2))));
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void timedInvokeAllWhenInterruptedMeanwhileInterruptsTasks(Setting setting) throws Exception {
		Gate gate = new Gate();
		assertInterruptible(this.executors.of(setting), gate,
				(executor) -> executor.invokeAll(List.of(gate.returning(1), gate.returning(2)), 60, TimeUnit.SECONDS));
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void invokeAllWhenInterruptedBeforeThrowsAndClearsFlag(Setting setting) {
		BoundedExecutor executor = this.executors.of(setting);
		AtomicInteger runs = new AtomicInteger();

		Thread.currentThread().interrupt();

		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> executor.invokeAll(List.of(runs::incrementAndGet)));
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> executor.invokeAll(List.of(runs::incrementAndGet), 1, TimeUnit.SECONDS));
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(runs).hasValue(0);
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void invokeAllReturnsAllInArgumentOrderEachWithItsOutcome(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		List<Callable<String>> tasks = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			int number = i;
			tasks.add((i % 3 == 0) ? this::fail : () -> "value " + number);
		}

		List<Future<String>> futures = executor.invokeAll(tasks);

		assertThat(futures).hasSize(30).allMatch(Future::isDone);
		for (int i = 0; i < 30; i++) {
			if (i % 3 == 0) {
				assertThat(futures.get(i).exceptionNow()).isInstanceOf(IllegalStateException.class);
			}
			else {
				assertThat(futures.get(i).resultNow()).isEqualTo("value " + i);
			}
		}
		assertThat(executor.invokeAll(List.<Callable<String>>of())).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#bounded")
	void invokeAllWhenMoreTasksThanRoomNeverIsRejected(Setting setting) throws Exception {
		// A future that is done is not yet a permit that is free.
		BoundedExecutor executor = this.executors.of(setting);
		AtomicInteger runs = new AtomicInteger();

		for (int round = 0; round < 300; round++) {
			executor.invokeAll(List.of(runs::incrementAndGet, runs::incrementAndGet, runs::incrementAndGet));
			TestExecutors.awaitIdle(executor);
		}

		assertThat(runs).hasValue(900);
	}

	@ParameterizedTest
	@EnumSource(OverloadPolicy.class)
	void timedInvokeAllWhenSaturatedByItselfEndsInTime(OverloadPolicy policy) throws Exception {
		BoundedExecutor executor = this.executors.of(1, 1, (builder) -> builder.whenFull(policy));
		Gate gate = new Gate();
		AtomicReference<@Nullable Thread> onCaller = new AtomicReference<>();
		Callable<String> task = () -> {
			if (!Thread.currentThread().isVirtual()) {
				onCaller.set(Thread.currentThread());
			}
			return gate.returning("value").call();
		};

		List<Future<String>> futures = executor.invokeAll(List.of(task, task, task, task), 50, TimeUnit.MILLISECONDS);

		assertThat(futures).hasSize(4).allMatch(Future::isCancelled);
		assertThat(onCaller).hasNullValue();
		TestExecutors.awaitIdle(executor);
		assertThat(gate.interrupted()).isEqualTo(gate.arrivals());
	}

	@ParameterizedTest
	@EnumSource(OverloadPolicy.class)
	void timedInvokeAnyWhenNoTaskEndsInTimeThrows(OverloadPolicy policy) {
		BoundedExecutor executor = this.executors.of(1, 1, (builder) -> builder.whenFull(policy));
		Gate gate = new Gate();

		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> executor
			.invokeAny(List.of(gate.returning(1), gate.returning(2), gate.returning(3)), 50, TimeUnit.MILLISECONDS));

		TestExecutors.awaitIdle(executor);
		assertThat(gate.interrupted()).isEqualTo(gate.arrivals());
	}

	@ParameterizedTest
	@EnumSource(names = { "WAIT", "CALLER_RUNS" })
	void timedInvokeAllWhenSaturatedByOthersEndsInTimeWithoutRunning(OverloadPolicy policy) throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.whenFull(policy));
		Gate gate = new Gate();
		gate.occupy(executor);
		AtomicInteger runs = new AtomicInteger();

		List<Future<Integer>> futures = executor.invokeAll(List.of(runs::incrementAndGet), 50, TimeUnit.MILLISECONDS);

		assertThat(futures).singleElement().satisfies((future) -> assertThat(future.isCancelled()).isTrue());
		assertThatExceptionOfType(TimeoutException.class)
			.isThrownBy(() -> executor.invokeAny(List.of(runs::incrementAndGet), 50, TimeUnit.MILLISECONDS));
		assertThat(runs).hasValue(0);
		gate.open();
	}

	@ParameterizedTest
	@EnumSource(OverloadPolicy.class)
	void timedInvokeWhenTimeIsOverFromTheStartRunsNothing(OverloadPolicy policy) throws Exception {
		BoundedExecutor executor = this.executors.of(1, 1, (builder) -> builder.whenFull(policy));
		AtomicInteger runs = new AtomicInteger();

		assertThat(executor.invokeAll(List.of(runs::incrementAndGet), 0, TimeUnit.SECONDS))
			.allMatch(Future::isCancelled);
		assertThat(executor.invokeAll(List.of(runs::incrementAndGet), Long.MIN_VALUE, TimeUnit.NANOSECONDS))
			.allMatch(Future::isCancelled);

		assertThat(runs).hasValue(0);
	}

	@ParameterizedTest
	@EnumSource(names = { "REJECT", "DISCARD_OLDEST" })
	void invokeWhenSaturatedByOthersIsRejected(OverloadPolicy policy) throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.whenFull(policy));
		Gate gate = new Gate();
		gate.occupy(executor);

		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> executor.invokeAll(List.of(gate.returning(1))));
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> executor.invokeAny(List.of(gate.returning(1))));
		gate.open();
	}

	@Test
	void invokeWhenSaturatedByOthersRunsOnCallerIfThatIsPolicy() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.whenFull(OverloadPolicy.CALLER_RUNS));
		Gate gate = new Gate();
		gate.occupy(executor);

		Thread thread = executor.invokeAny(List.of(Thread::currentThread));
		List<Future<Thread>> futures = executor.invokeAll(List.of(Thread::currentThread, Thread::currentThread));

		assertThat(thread).isSameAs(Thread.currentThread());
		assertThat(futures).allMatch((future) -> future.resultNow().equals(Thread.currentThread()));
		gate.open();
	}

	@Test
	void invokeAllWhenShutDownMeanwhileIsRejectedAndCancelsItsTasks() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0);
		Gate gate = new Gate();
		Thread stopper = Thread.ofVirtual().start(() -> {
			try {
				gate.awaitArrivals(1);
				executor.shutdown();
				gate.open();
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		});

		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> executor.invokeAll(List.of(gate.returning(1), gate.returning(2))));

		stopper.join();
		assertThat(gate.arrivals()).isEqualTo(1);
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#queued")
	void invokeWhenNestedInOwnSaturatedExecutorRunsInPlace(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Callable<String> nesting = () -> {
			List<Future<Integer>> all = executor.invokeAll(List.of(() -> 1, () -> 2, () -> 3));
			return "%d%d%d %s".formatted(all.get(0).resultNow(), all.get(1).resultNow(), all.get(2).resultNow(),
					executor.invokeAny(List.of(() -> "any")));
		};
		List<Future<String>> futures = new ArrayList<>();
		CountDownLatch start = new CountDownLatch(1);
		for (int i = 0; i < setting.limit(); i++) {
			futures.add(executor.submit(() -> {
				start.await();
				return nesting.call();
			}));
		}
		start.countDown();

		for (Future<String> future : futures) {
			assertThat(future.get()).isEqualTo("123 any");
		}
	}

	@Test
	void invokeAllWhenTaskIsCancelledByAnotherStillReturnsAll() throws Exception {
		BoundedExecutor executor = this.executors.of(2, 10);
		Gate gate = new Gate();
		Thread canceller = Thread.ofVirtual().start(() -> {
			try {
				gate.awaitArrivals(2);
				TestExecutors.eventually("queued").until(() -> executor.getQueuedCount() == 1);
				((Future<?>) executor.getQueuedTasks().getFirst()).cancel(true);
				gate.open();
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		});

		List<Future<Integer>> futures = executor
			.invokeAll(List.of(gate.returning(1), gate.returning(2), gate.returning(3)));

		canceller.join();
		assertThat(futures).extracting(Future::state)
			.containsExactly(Future.State.SUCCESS, Future.State.SUCCESS, Future.State.CANCELLED);
	}

	private String fail() {
		throw new IllegalStateException("test");
	}

	private static void assertInterruptible(BoundedExecutor executor, Gate gate, Invocation invocation)
			throws Exception {
		AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
		AtomicBoolean flag = new AtomicBoolean();
		Thread caller = Thread.ofPlatform().start(() -> {
			try {
				invocation.on(executor);
			}
			catch (Exception ex) {
				thrown.set(ex);
				flag.set(Thread.currentThread().isInterrupted());
			}
		});
		gate.awaitArrivals(1);

		caller.interrupt();

		caller.join();
		assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
		assertThat(flag).isFalse();
		TestExecutors.awaitIdle(executor);
		assertThat(gate.interrupted()).isEqualTo(gate.arrivals());
	}

	/**
	 * A call that blocks.
	 */
	@FunctionalInterface
	interface Invocation {

		Object on(BoundedExecutor executor) throws Exception;

	}

}
