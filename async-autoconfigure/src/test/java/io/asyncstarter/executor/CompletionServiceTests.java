package io.asyncstarter.executor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * An {@link ExecutorCompletionService} on top (CONFORMANCE G35).
 */
@Timeout(60)
class CompletionServiceTests {

	@RegisterExtension
	final TestExecutors executors = new TestExecutors();

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void takeReturnsSameFutureObjects(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		CompletionService<Integer> service = new ExecutorCompletionService<>(executor);
		Set<Future<Integer>> submitted = new HashSet<>();
		Set<Future<Integer>> taken = new HashSet<>();

		for (int i = 0; i < 20; i++) {
			int number = i;
			submitted.add(service.submit(() -> number));
			taken.add(service.take());
			TestExecutors.awaitIdle(executor);
		}

		assertThat(taken).isEqualTo(submitted);
	}

	@Test
	void takeReturnsInOrderOfCompletion() throws Exception {
		BoundedExecutor executor = this.executors.of(2, 10);
		CompletionService<String> service = new ExecutorCompletionService<>(executor);
		Gate slow = new Gate();
		Gate fast = new Gate();
		Future<String> slowFuture = service.submit(slow.returning("slow"));
		Future<String> fastFuture = service.submit(fast.returning("fast"));

		assertThat((Object) service.poll()).isNull();
		assertThat((Object) service.poll(1, TimeUnit.MILLISECONDS)).isNull();
		fast.open();
		assertThat(service.take()).isSameAs(fastFuture);
		slow.open();
		assertThat(service.poll(20, TimeUnit.SECONDS)).isSameAs(slowFuture);
	}

	@Test
	void takeWhenTasksFailReturnsThem() throws Exception {
		BoundedExecutor executor = this.executors.of(2, 10);
		CompletionService<String> service = new ExecutorCompletionService<>(executor);
		IllegalStateException failure = new IllegalStateException("test");

		Future<String> future = service.submit(() -> {
			throw failure;
		});

		assertThat(service.take()).isSameAs(future);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get).withCause(failure);
	}

	@Test
	void takeWhenNewTaskForIsOverriddenReturnsThatFuture() throws Exception {
		BoundedExecutor executor = this.executors.manage(new Custom(this.executors.builder().maxConcurrency(2)));
		CompletionService<String> service = new ExecutorCompletionService<>(executor);

		Future<String> future = service.submit(() -> "value");

		assertThat(future).isInstanceOf(Custom.CustomTask.class);
		assertThat(service.take()).isSameAs(future);
		assertThat(((Custom.CustomTask<?>) future).doneCalls).hasValue(1);
	}

	@Test
	void takeWhenQueueTimesOutReturnsFailedFuture() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 10,
				(builder) -> builder.queueTimeout(Duration.ofSeconds(1)));
		Gate gate = new Gate();
		gate.occupy(executor);
		AtomicInteger runs = new AtomicInteger();
		CompletionService<Integer> service = new ExecutorCompletionService<>(executor);
		Future<Integer> future = service.submit(runs::incrementAndGet);

		this.executors.timer().advance(Duration.ofSeconds(1));

		assertThat(service.take()).isSameAs(future);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> future.get(20, TimeUnit.SECONDS))
			.withCauseInstanceOf(QueueTimeoutException.class);
		gate.open();
		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(0);
	}

	@Test
	void takeWhenShutDownNowReturnsCancelledFutures() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		Gate gate = new Gate();
		gate.occupy(executor);
		AtomicInteger runs = new AtomicInteger();
		CompletionService<Integer> service = new ExecutorCompletionService<>(executor);
		List<Future<Integer>> futures = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			futures.add(service.submit(runs::incrementAndGet));
		}

		assertThat(executor.shutdownNow()).hasSize(5);

		for (Future<Integer> future : futures) {
			assertThat(service.take()).isSameAs(future);
			assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> future.get(20, TimeUnit.SECONDS));
		}
		assertThat(runs).hasValue(0);
	}

	@Test
	void takeWhenDeadlinePassesReturnsFutureThatSaysSo() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 10, (builder) -> builder.runTimeout(Duration.ofHours(1)));
		CompletionService<String> service = new ExecutorCompletionService<>(executor);
		Gate gate = new Gate();
		Future<String> future = Deadline.after(Duration.ofSeconds(1), this.executors.timer())
			.call("test", () -> service.submit(gate.returning("value")));
		gate.awaitArrivals(1);

		this.executors.timer().advance(Duration.ofSeconds(1));

		assertThat(service.take()).isSameAs(future);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
			.withCauseInstanceOf(DeadlineExceededException.class);
	}

	@Test
	void executeWhenForeignFutureExpiresCancelsIt() throws Exception {
		BoundedExecutor executor = this.executors.manual(1, 10,
				(builder) -> builder.queueTimeout(Duration.ofSeconds(1)).uncaughtExceptionHandler((thread, ex) -> {
				}));
		Gate gate = new Gate();
		gate.occupy(executor);
		FutureTask<String> future = new FutureTask<>(() -> "value");
		executor.execute(future);

		this.executors.timer().advance(Duration.ofSeconds(1));

		assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> future.get(20, TimeUnit.SECONDS));
		gate.open();
	}

	/**
	 * Makes futures of its own.
	 */
	private static final class Custom extends BoundedExecutor {

		Custom(Builder builder) {
			super(builder);
		}

		@Override
		protected <T extends @Nullable Object> RunnableFuture<T> newTaskFor(Callable<T> callable) {
			return new CustomTask<>(callable);
		}

		private static final class CustomTask<T extends @Nullable Object> extends FutureTask<T> {

			private final AtomicInteger doneCalls = new AtomicInteger();

			CustomTask(Callable<T> callable) {
				super(callable);
			}

			@Override
			protected void done() {
				this.doneCalls.incrementAndGet();
			}

		}

	}

}
