package io.asyncstarter.executor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Cancellation of queued and running tasks (CONFORMANCE C01 to C05, G07, X09, rules 2 and
 * 3 of §5.1).
 */
@Timeout(120)
class CancellationTests {

	@RegisterExtension
	final TestExecutors executors = new TestExecutors();

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#queued")
	void cancelWhenQueuedFreesPlaceAtOnceAndNeverRuns(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		gate.occupy(executor);
		AtomicInteger runs = new AtomicInteger();
		List<Future<?>> queued = new ArrayList<>();
		for (int i = 0; i < setting.queue(); i++) {
			queued.add(executor.submit(runs::incrementAndGet));
		}

		assertThat(queued.get(3).cancel(false)).isTrue();
		assertThat(queued.get(5).cancel(true)).isTrue();

		assertThat(executor.getQueuedCount()).isEqualTo(setting.queue() - 2);
		assertThat(queued.get(3).cancel(true)).isFalse();
		assertThat(queued.get(3).isCancelled()).isTrue();
		assertThatExceptionOfType(CancellationException.class).isThrownBy(queued.get(5)::get);
		gate.open();
		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(setting.queue() - 2);
		assertThat(executor.getStats().cancelled()).isEqualTo(2);
	}

	@Test
	void cancelWhenQueuedFreesPlaceBeforeCallbacksRun() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 1);
		Gate gate = new Gate();
		gate.occupy(executor);
		CompletableFuture<String> queued = executor.submitCompletable(() -> "queued");
		// A callback that needs the place itself.
		CompletableFuture<String> replaced = queued
			.exceptionallyCompose((ex) -> executor.submitCompletable(() -> "other"));

		queued.cancel(false);

		gate.open();
		assertThat(replaced.get()).isEqualTo("other");
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void cancelWhenRunningInterruptsIfAsked(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		Future<String> future = executor.submit(gate.returning("value"));
		gate.awaitArrivals(1);

		assertThat(future.cancel(true)).isTrue();

		assertThatExceptionOfType(CancellationException.class).isThrownBy(future::get);
		TestExecutors.awaitIdle(executor);
		assertThat(gate.interrupted()).isEqualTo(1);
		assertThat(future.cancel(true)).isFalse();
		assertThat(executor.getStats().cancelled()).isEqualTo(1);
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void cancelWhenRunningWithoutInterruptLetsTaskEnd(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		Gate gate = new Gate();
		Future<String> future = executor.submit(gate.returning("value"));
		gate.awaitArrivals(1);

		assertThat(future.cancel(false)).isTrue();
		assertThat(executor.getRunningCount()).isEqualTo(1);

		gate.open();
		TestExecutors.awaitIdle(executor);
		assertThat(gate.interrupted()).isZero();
		assertThat(future.isCancelled()).isTrue();
	}

	@Test
	void cancelWhenTaskFailsLaterStaysCancelled() throws Exception {
		AtomicInteger uncaught = new AtomicInteger();
		BoundedExecutor executor = this.executors.of(1, 0,
				(builder) -> builder.uncaughtExceptionHandler((thread, ex) -> uncaught.incrementAndGet()));
		Gate gate = new Gate();
		Future<String> future = executor.submit(() -> {
			gate.pass();
			throw new IllegalStateException("test");
		});
		gate.awaitArrivals(1);

		future.cancel(false);
		gate.open();

		TestExecutors.awaitIdle(executor);
		assertThat(future.isCancelled()).isTrue();
		assertThat(uncaught).hasValue(0);
	}

	@Test
	void cancelWhenTaskIgnoresInterruptHoldsPermitUntilItEnds() throws Exception {
		// C05
		BoundedExecutor executor = this.executors.of(1, 0);
		Gate first = new Gate();
		Gate second = new Gate();
		Future<?> future = executor.submit(() -> {
			first.task().run();
			second.pass();
			return null;
		});
		first.awaitArrivals(1);

		future.cancel(true);

		second.awaitArrivals(1);
		assertThat(executor.getRunningCount()).isEqualTo(1);
		second.open();
	}

	@Test
	void cancelWhenLateInterruptHitsNoLaterTask() throws Exception {
		BoundedExecutor executor = this.executors.of(new Setting(1, ThreadKind.PLATFORM, 10));
		AtomicInteger interrupted = new AtomicInteger();
		for (int i = 0; i < 5000; i++) {
			CountDownLatch started = new CountDownLatch(1);
			Future<?> cancelled = executor.submit(started::countDown);
			Future<?> next = executor.submit(() -> {
				if (Thread.currentThread().isInterrupted()) {
					interrupted.incrementAndGet();
				}
			});
			started.await();
			cancelled.cancel(true);
			next.get();
		}

		assertThat(interrupted).hasValue(0);
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#queued")
	void cancelWhileTaskStartsEndsInOneOutcome(Setting setting) throws Exception {
		// X09: 10 000 rounds over the settings
		BoundedExecutor executor = this.executors.of(setting);
		AtomicInteger completed = new AtomicInteger();
		int cancelled = 0;
		for (int i = 0; i < 2500; i++) {
			AtomicBoolean ran = new AtomicBoolean();
			executor.execute(() -> {
			});
			Future<Integer> future = executor.submit(() -> {
				ran.set(true);
				return completed.incrementAndGet();
			});
			boolean won = future.cancel(i % 2 == 0);
			assertThat(future.isDone() || !won).isTrue();
			assertThat(future.isCancelled()).isEqualTo(won);
			cancelled += (won) ? 1 : 0;
			if (!won) {
				future.get();
				assertThat(ran).isTrue();
			}
			TestExecutors.eventually("room").until(() -> executor.getQueuedCount() < setting.queue() - 2);
		}
		TestExecutors.awaitIdle(executor);

		BoundedExecutorStats stats = executor.getStats();
		assertThat(stats.cancelled()).isEqualTo(cancelled);
		assertThat(stats.completed()).isEqualTo(5000);
	}

	@Test
	void cancelWhileDeadlinePassesAndTaskEndsEndsInOneOutcome() throws Exception {
		// X09
		BoundedExecutor executor = this.executors.of(2, 10, (builder) -> builder.runTimeout(Duration.ofMillis(1)));
		int rounds = 1500;
		for (int i = 0; i < rounds; i++) {
			CompletableFuture<Integer> future = executor.submitCompletable(() -> {
				long end = System.nanoTime() + 1_000_000;
				while (System.nanoTime() < end) {
					Thread.onSpinWait();
				}
				return 1;
			});
			long wait = 900_000L + (i % 20) * 10_000L;
			long until = System.nanoTime() + wait;
			while (System.nanoTime() < until && !future.isDone()) {
				Thread.onSpinWait();
			}
			future.cancel(true);
			assertThat(future).isDone();
		}
		TestExecutors.awaitIdle(executor);

		assertThat(executor.getStats().completed()).isEqualTo(rounds);
		// The probe for lost permits needs tasks that stay; this run timeout ends them.
		executor.shutdown();
	}

	@Test
	void cancelOfCompletableWhenQueuedFreesPlace() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 1);
		Gate gate = new Gate();
		gate.occupy(executor);
		AtomicInteger runs = new AtomicInteger();
		CompletableFuture<Integer> future = executor.submitCompletable(runs::incrementAndGet);

		assertThat(future.cancel(false)).isTrue();

		assertThat(executor.getQueuedCount()).isZero();
		gate.open();
		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(0);
	}

	@Test
	void cancelOfCompletableWhenRunningInterruptsWork() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0);
		Gate gate = new Gate();
		CompletableFuture<String> future = executor.submitCompletable(gate.returning("value"));
		gate.awaitArrivals(1);

		future.cancel(false);

		TestExecutors.awaitIdle(executor);
		assertThat(gate.interrupted()).isEqualTo(1);
	}

	@Test
	void orTimeoutOfCompletableInterruptsWork() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0);
		Gate gate = new Gate();

		CompletableFuture<String> future = executor.submitCompletable(gate.returning("value"))
			.orTimeout(20, TimeUnit.MILLISECONDS);

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
			.withCauseInstanceOf(TimeoutException.class);
		TestExecutors.awaitIdle(executor);
		assertThat(gate.interrupted()).isEqualTo(gate.arrivals());
	}

	@Test
	void completeOnTimeoutOfCompletableInterruptsWork() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0);
		Gate gate = new Gate();

		CompletableFuture<String> future = executor.submitCompletable(gate.returning("value"))
			.completeOnTimeout("other", 20, TimeUnit.MILLISECONDS);

		assertThat(future.get()).isEqualTo("other");
		TestExecutors.awaitIdle(executor);
		assertThat(gate.interrupted()).isEqualTo(gate.arrivals());
	}

	@Test
	void completeAsyncOfCompletableInterruptsWork() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0);
		Gate gate = new Gate();
		CompletableFuture<String> future = executor.submitCompletable(gate.returning("value"));
		gate.awaitArrivals(1);

		assertThat(future.completeAsync(() -> "other").get()).isEqualTo("other");

		TestExecutors.awaitIdle(executor);
		assertThat(gate.interrupted()).isEqualTo(1);
	}

	@Test
	void submitCompletableWhenTaskThrowsFailsAsSupplyAsyncDoes() {
		BoundedExecutor executor = this.executors.of(1, 0);
		Exception failure = new Exception("test");

		CompletableFuture<Object> future = executor.submitCompletable(() -> {
			throw failure;
		});

		assertThatExceptionOfType(CompletionException.class).isThrownBy(future::join)
			.satisfies((ex) -> assertThat(ex.getCause()).isSameAs(failure));
	}

	@Test
	void submitCompletableRunsCallbacksOnce() throws Exception {
		BoundedExecutor executor = this.executors.of(4, 100);
		AtomicInteger callbacks = new AtomicInteger();
		List<CompletableFuture<?>> futures = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			CompletableFuture<Integer> future = executor.submitCompletable(() -> 1);
			futures.add(future.whenComplete((value, ex) -> callbacks.incrementAndGet()).exceptionally((ex) -> 0));
			if (i % 2 == 0) {
				future.cancel(true);
			}
		}

		CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).get();

		assertThat(callbacks).hasValue(100);
	}

}
