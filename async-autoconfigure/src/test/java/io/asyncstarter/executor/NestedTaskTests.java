package io.asyncstarter.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tasks that wait for tasks of their own executor (rule 6 of §5.1).
 */
@Timeout(60)
class NestedTaskTests {

	@RegisterExtension
	final TestExecutors executors = new TestExecutors();

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#queued")
	void getWhenNestedTaskIsQueuedRunsItInPlace(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		CountDownLatch all = new CountDownLatch(setting.limit());
		List<Future<Boolean>> futures = new ArrayList<>();
		for (int i = 0; i < setting.limit(); i++) {
			futures.add(executor.submit(() -> {
				all.countDown();
				all.await();
				return executor.submit(Thread::currentThread).get().equals(Thread.currentThread());
			}));
		}

		for (Future<Boolean> future : futures) {
			assertThat(future.get(20, TimeUnit.SECONDS)).isNotNull();
		}
		TestExecutors.awaitIdle(executor);
		assertThat(executor.getStats().succeeded()).isEqualTo(2L * setting.limit());
	}

	@Test
	void joinWhenNestedTaskIsQueuedRunsItInPlace() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);

		Future<Boolean> future = executor
			.submit(() -> executor.submitCompletable(Thread::currentThread).join().equals(Thread.currentThread()));

		assertThat(future.get(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void getWhenNestedDeeplyRunsAllInPlace() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);

		assertThat(executor.submit(() -> depth(executor, 50)).get(20, TimeUnit.SECONDS)).isEqualTo(50);
	}

	private static int depth(BoundedExecutor executor, int left) throws Exception {
		return (left == 0) ? 0 : 1 + executor.submit(() -> depth(executor, left - 1)).get();
	}

	@Test
	void getWhenNestedTaskFailsReportsItsFailureOnly() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		Future<String> future = executor.submit(() -> {
			try {
				executor.submit(() -> {
					throw new IllegalStateException("nested");
				}).get();
				return "none";
			}
			catch (ExecutionException ex) {
				return String.valueOf(ex.getMessage());
			}
		});

		assertThat(future.get()).endsWith("IllegalStateException: nested");
	}

	@Test
	void getWithTimeLimitWhenNestedTaskIsQueuedEndsAtLimit() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		AtomicInteger runs = new AtomicInteger();

		Future<?> future = executor.submit(() -> executor.submit(runs::incrementAndGet).get(20, TimeUnit.MILLISECONDS));

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
			.withCauseInstanceOf(TimeoutException.class);
		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(1);
	}

	@Test
	void getWhenTaskWaitsForItselfThrows() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		AtomicReference<@Nullable Future<?>> self = new AtomicReference<>();
		CountDownLatch known = new CountDownLatch(1);
		Future<?> future = executor.submit(() -> {
			known.await();
			Future<?> own = self.get();
			return (own != null) ? own.get() : null;
		});
		self.set(future);
		known.countDown();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> future.get(20, TimeUnit.SECONDS))
			.withCauseInstanceOf(IllegalStateException.class)
			.withMessageContaining("must not wait for its own end");
	}

	@Test
	void getWhenCallerIsOfAnotherExecutorDoesNotRunInPlace() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		BoundedExecutor other = this.executors.of(1, 10);
		Gate gate = new Gate();
		gate.occupy(executor);

		Future<Boolean> future = other
			.submit(() -> executor.submit(Thread::currentThread).get().equals(Thread.currentThread()));

		TestExecutors.eventually("queued").until(() -> executor.getQueuedCount() == 1);
		gate.open();
		assertThat(future.get()).isFalse();
	}

	@Test
	void getWhenOuterTaskIsCancelledInterruptsNestedTaskInPlace() throws Exception {
		// C07
		BoundedExecutor executor = this.executors.of(1, 10);
		Gate gate = new Gate();
		AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
		Future<?> outer = executor.submit(() -> {
			try {
				return executor.submit(gate.returning("nested")).get();
			}
			catch (Exception ex) {
				seen.set(ex);
				throw ex;
			}
		});
		gate.awaitArrivals(1);

		outer.cancel(true);

		TestExecutors.awaitIdle(executor);
		assertThat(gate.interrupted()).isEqualTo(1);
		assertThat(seen.get()).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(InterruptedException.class);
		assertThat(outer.isCancelled()).isTrue();
	}

	@Test
	void getWhenOuterTaskIsCancelledAndNestedSwallowsInterruptKeepsItForOuter() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		Gate gate = new Gate();
		Gate after = new Gate();
		Future<?> outer = executor.submit(() -> {
			executor.submit(gate.task()).get();
			after.pass();
			return null;
		});
		gate.awaitArrivals(1);

		outer.cancel(true);

		TestExecutors.awaitIdle(executor);
		assertThat(after.interrupted()).isEqualTo(1);
	}

	@Test
	void getWhenNestedTaskInPlaceIsCancelledLeavesOuterUninterrupted() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		Gate gate = new Gate();
		AtomicReference<@Nullable Future<?>> nested = new AtomicReference<>();
		Future<Boolean> outer = executor.submit(() -> {
			Future<String> future = executor.submit(gate.returning("nested"));
			nested.set(future);
			try {
				future.get();
			}
			catch (CancellationException ex) {
				return Thread.currentThread().isInterrupted();
			}
			return null;
		});
		gate.awaitArrivals(1);

		Future<?> running = nested.get();
		assertThat(running).isNotNull();
		running.cancel(true);

		assertThat(outer.get()).isFalse();
	}

	@Test
	void getWhenInterruptedThrowsAndLeavesNestedTaskQueued() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		AtomicInteger runs = new AtomicInteger();

		Future<?> outer = executor.submit(() -> {
			Future<?> nested = executor.submit(runs::incrementAndGet);
			Thread.currentThread().interrupt();
			return nested.get();
		});

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(outer::get)
			.withCauseInstanceOf(InterruptedException.class);
		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(1);
	}

	@Test
	void getWhenTaskInPlaceFreesQueueAdmitsWaitingSubmitter() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 1, (builder) -> builder.whenFull(OverloadPolicy.WAIT));
		Gate gate = new Gate();
		CountDownLatch join = new CountDownLatch(1);
		Future<?> outer = executor.submit(() -> {
			Future<?> nested = executor.submit(gate.task());
			join.await();
			return nested.get();
		});
		TestExecutors.eventually("queued").until(() -> executor.getQueuedCount() == 1);
		CompletableFuture<Void> submission = CompletableFuture.runAsync(() -> executor.execute(() -> {
		}), Thread::startVirtualThread);
		TestExecutors.eventually("waiting").until(() -> executor.getStats().waitingSubmitters() == 1);

		join.countDown();

		submission.get();
		gate.open();
		outer.get();
	}

}
