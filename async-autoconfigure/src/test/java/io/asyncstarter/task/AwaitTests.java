package io.asyncstarter.task;

import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.sync.Party;
import io.asyncstarter.testing.ManualDeadlineTimer;
import io.asyncstarter.testing.NoLeaks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for await, asCompleted, withTimeout and shield.
 */
@NoLeaks
@Timeout(60)
class AwaitTests {

	private static final Duration LONG = Duration.ofDays(1);

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	private final Tasks tasks = Tasks.builder().timer(this.timer).build();

	private final CountDownLatch end = new CountDownLatch(1);

	private final AtomicBoolean cleaned = new AtomicBoolean();

	@AfterEach
	void letTasksEnd() {
		this.end.countDown();
	}

	// C25
	@Test
	void awaitAllReturnsAllThatHaveEnded() throws Exception {
		CompletableFuture<String> a = new CompletableFuture<>();
		CompletableFuture<String> b = CompletableFuture.failedFuture(new IllegalStateException());
		Party<Awaited<Future<String>>> waiter = Party
			.start(() -> this.tasks.<Future<String>>await(List.of(a, b, a, b), Until.ALL));
		waiter.awaitBlocked();
		a.complete("a");

		assertThat(waiter.join().done()).containsExactlyInAnyOrder(a, b);
		assertThat(waiter.join().pending()).isEmpty();
		Iterator<CompletableFuture<String>> oneShot = List.of(a, b).iterator();
		assertThat(this.tasks.<CompletableFuture<String>>await(() -> oneShot, Until.ALL).done()).hasSize(2);
	}

	// C27
	@Test
	void awaitFirstCompletedLeavesTheOthersAlone() throws Exception {
		this.tasks.inGroup("test", (group) -> {
			Subtask<String> a = group.fork("a", this::blockUntilEnd);
			Subtask<String> b = group.fork("b", () -> "b");

			Awaited<Subtask<String>> awaited = this.tasks.await(List.of(a, b), Until.FIRST_COMPLETED);

			assertThat(awaited.done()).containsExactly(b);
			assertThat(awaited.pending()).containsExactly(a);
			assertThat(a.state()).isEqualTo(Subtask.State.UNAVAILABLE);
			this.end.countDown();
			group.join();
			assertThat(a.get()).isEqualTo("ended");
			return null;
		});
	}

	// C29
	@Test
	void awaitFirstFailedThrowsNothing() throws Exception {
		CompletableFuture<String> a = new CompletableFuture<>();
		CompletableFuture<String> b = new CompletableFuture<>();
		CompletableFuture<String> cancelled = new CompletableFuture<>();
		cancelled.cancel(true);
		Party<Awaited<CompletableFuture<String>>> waiter = Party
			.start(() -> this.tasks.await(List.of(a, b, cancelled), Until.FIRST_FAILED));
		waiter.awaitBlocked();
		b.completeExceptionally(new IllegalStateException());

		assertThat(waiter.join().done()).containsExactlyInAnyOrder(cancelled, b);
		assertThat(waiter.join().pending()).containsExactly(a);
		assertThat(this.tasks.await(List.of(b, a), Until.FIRST_FAILED).pending()).containsExactly(a);
		assertThat(a.isDone()).isFalse();
	}

	// C31
	@Test
	void awaitWhenInterruptedLeavesTheTasksAlone() throws Exception {
		CompletableFuture<String> a = new CompletableFuture<>();
		Party<Awaited<CompletableFuture<String>>> waiter = Party.start(() -> this.tasks.await(List.of(a), Until.ALL));
		waiter.awaitBlocked();

		waiter.interrupt();

		waiter.assertFailed(InterruptedException.class);
		assertThat(a.isDone()).isFalse();
	}

	@Test
	void awaitThatLastsTooLongReturnsWhatIsThere() throws Exception {
		CompletableFuture<String> a = new CompletableFuture<>();
		CompletableFuture<String> b = CompletableFuture.completedFuture("b");
		Party<Awaited<CompletableFuture<String>>> waiter = Party
			.start(() -> this.tasks.await(List.of(a, b), Until.ALL, Duration.ofSeconds(1)));
		this.timer.awaitArmed(1);
		this.timer.advance(Duration.ofSeconds(1));

		assertThat(waiter.join()).isEqualTo(new Awaited<>(Set.of(b), Set.of(a)));
		assertThat(this.tasks.await(List.of(a, b), Until.ALL, Duration.ZERO).done()).containsExactly(b);
		assertThat(this.timer.armed()).isZero();
	}

	@Test
	void everyKindOfHandleIsAwaited() throws Exception {
		BackgroundTask<String> background = this.tasks.background("background", this::blockUntilEnd);
		FutureTask<String> future = new FutureTask<>(this::blockUntilEnd);
		Thread.ofVirtual().start(future);
		CompletableFuture<String> stage = new CompletableFuture<>();
		try (BoundedExecutor executor = BoundedExecutor.builder("io").build()) {
			Future<String> submitted = executor.submit(this::blockUntilEnd);
			this.tasks.inGroup("test", (group) -> {
				Subtask<String> subtask = group.fork(this::blockUntilEnd);
				List<Object> handles = List.of(background, future, stage, submitted, subtask);
				assertThat(this.tasks.await(handles, Until.FIRST_COMPLETED, Duration.ZERO).pending()).hasSize(5);
				this.end.countDown();
				stage.complete("ended");

				assertThat(this.tasks.await(handles, Until.ALL).done()).containsAll(handles);
				assertThat(this.tasks.asCompleted(handles)).hasSize(5);
				return null;
			});
		}
	}

	@Test
	void otherHandlesAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.tasks.await(List.of("text"), Until.ALL))
			.withMessage("'handles' must be subtasks, background tasks, futures or completion stages but one was a "
					+ "java.lang.String");
	}

	@Test
	void awaitOfNothingReturnsAtOnce() throws Exception {
		assertThat(this.tasks.await(List.of(), Until.FIRST_COMPLETED).done()).isEmpty();
		assertThat(this.tasks.asCompleted(List.of())).isEmpty();
	}

	@Test
	void awaitDoesNotAskForTheFailureOfABackgroundTask() throws Exception {
		BackgroundTask<String> background = this.tasks.background("failing", () -> {
			throw new IllegalStateException("expected in the log");
		});

		assertThat(this.tasks.await(List.of(background), Until.FIRST_FAILED).done()).containsExactly(background);
		this.tasks.drain(Duration.ofSeconds(1));
		Party.until(() -> this.tasks.getBackgroundStats().unobserved() == 1);
	}

	@Test
	void asCompletedIsInTheOrderOfCompletion() {
		CompletableFuture<String> a = new CompletableFuture<>();
		CompletableFuture<String> b = new CompletableFuture<>();
		try (Stream<CompletableFuture<String>> completed = this.tasks.asCompleted(List.of(a, b))) {
			Iterator<CompletableFuture<String>> iterator = completed.iterator();
			b.complete("b");
			assertThat(iterator.next()).isSameAs(b);
			a.completeExceptionally(new IllegalStateException());
			assertThat(iterator.next()).isSameAs(a);
			assertThat(iterator.hasNext()).isFalse();
		}
	}

	// C33
	@Test
	void asCompletedThatLastsTooLongThrowsAndLeavesTheTasksAlone() throws Exception {
		CompletableFuture<String> a = new CompletableFuture<>();
		CompletableFuture<String> b = CompletableFuture.completedFuture("b");
		Stream<CompletableFuture<String>> completed = this.tasks.asCompleted(List.of(a, b), Duration.ofSeconds(2));
		Iterator<CompletableFuture<String>> iterator = completed.iterator();
		assertThat(iterator.next()).isSameAs(b);
		this.timer.advance(Duration.ofSeconds(2));

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(iterator::hasNext)
			.withMessage("Scope 'asCompleted' exceeded its deadline: it had PT2S and took PT2S");
		assertThat(a.isDone()).isFalse();
	}

	// C33
	@Test
	void unusedTimeoutOfAsCompletedIsHarmless() {
		assertThat(this.tasks.asCompleted(List.of(CompletableFuture.completedFuture("a")), LONG)).hasSize(1);
		this.tasks.asCompleted(List.of(new CompletableFuture<>()), LONG).close();
		assertThat(this.timer.armed()).isZero();
	}

	@Test
	void interruptedAsCompletedIsCancelledAndKeepsTheFlag() throws Exception {
		Party<Boolean> waiter = Party.start(() -> {
			try {
				return this.tasks.asCompleted(List.of(new CompletableFuture<>())).count() < 0;
			}
			catch (CancellationException ex) {
				return Thread.interrupted() && ex.getCause() instanceof InterruptedException;
			}
		});
		waiter.awaitBlocked().interrupt();

		assertThat(waiter.join()).isTrue();
	}

	// B21
	@Test
	void workThatLastsTooLongHasCleanedUpWhenTheCallReturns() throws Exception {
		Party<String> caller = Party.start(() -> this.tasks.withTimeout(Duration.ofSeconds(1), this::blockUntilEnd));
		this.timer.awaitArmed(1);
		this.timer.advance(Duration.ofSeconds(1));

		caller.assertFailed(DeadlineExceededException.class);
		assertThat(this.cleaned).isTrue();
		assertThat(this.tasks.withTimeout(LONG, () -> "instant")).isEqualTo("instant");
	}

	@Test
	void workRunsOnTheCallersThread() throws Exception {
		assertThat(this.tasks.withTimeout(LONG, Thread::currentThread)).isSameAs(Thread.currentThread());
	}

	// B23
	@Test
	void subtaskThatHasEndedReturnsItsResultWithoutAnyTime() throws Exception {
		this.tasks.inGroup("test", (group) -> {
			Subtask<String> subtask = group.fork(() -> "ended");
			this.tasks.await(List.of(subtask), Until.ALL);

			assertThat(this.tasks.withTimeout(Duration.ZERO, subtask)).isEqualTo("ended");
			return null;
		});
	}

	// B25, B27
	@Test
	void subtaskThatLastsTooLongHasCleanedUpWhenTheCallReturns() throws Exception {
		this.tasks.inGroup("test", (group) -> {
			for (Duration timeout : List.of(Duration.ZERO, Duration.ofMillis(-1))) {
				this.cleaned.set(false);
				Subtask<String> subtask = startedIn(group);

				assertThatExceptionOfType(DeadlineExceededException.class)
					.isThrownBy(() -> this.tasks.withTimeout(timeout, subtask));

				assertThat(this.cleaned).isTrue();
				assertThat(subtask.state()).isEqualTo(Subtask.State.CANCELLED);
			}
			return null;
		});
	}

	// B29
	@Test
	void valueOfASubtaskThatSwallowsItsCancellationIsReturned() throws Exception {
		this.tasks.inGroup("test", (group) -> {
			CountDownLatch started = new CountDownLatch(1);
			Subtask<Integer> stubborn = group.fork(() -> {
				started.countDown();
				try {
					this.end.await();
				}
				catch (InterruptedException ex) {
					// swallowed
				}
				return 42;
			});
			started.await();

			assertThat(this.tasks.withTimeout(Duration.ZERO, stubborn)).isEqualTo(42);
			return null;
		});
	}

	// B31
	@Test
	void waiterThatIsCancelledCancelsTheSubtaskAndKeepsNoResult() throws Exception {
		Party<String> owner = Party.start(() -> this.tasks.inGroup("test", (group) -> {
			Subtask<String> subtask = startedIn(group);
			try {
				return this.tasks.withTimeout(LONG, subtask);
			}
			finally {
				assertThat(subtask.state()).isEqualTo(Subtask.State.CANCELLED);
			}
		}));
		this.timer.awaitArmed(1);
		owner.awaitBlocked().interrupt();

		owner.assertFailed(InterruptedException.class);
		assertThat(this.cleaned).isTrue();
		assertThat(this.timer.armed()).isZero();
	}

	@Test
	void subtaskOfAnExecutorThatItsOwnerOccupiesIsRun() throws Exception {
		try (BoundedExecutor executor = BoundedExecutor.builder("one").maxConcurrency(1).build()) {
			String result = executor.submit(() -> this.tasks.inGroup("test", (options) -> options.executor(executor),
					(group) -> this.tasks.withTimeout(LONG, group.fork(() -> "nested"))))
				.get();

			assertThat(result).isEqualTo("nested");
		}
	}

	// C35
	@Test
	void shieldReturnsOrThrowsWhatTheWorkDoes() throws Exception {
		assertThat(this.tasks.shield("shielded", () -> "value")).isEqualTo("value");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.tasks.shield("shielded", () -> {
			throw new IOException("as it is");
		})).withMessage("as it is");
		assertThat(this.tasks.getBackgroundStats().unobserved()).isZero();
	}

	// C37
	@Test
	void shieldedWorkEndsAlthoughTheCallerIsCancelled() throws Exception {
		CountDownLatch over = new CountDownLatch(1);
		Party<String> caller = Party.start(() -> this.tasks.shield("shielded", () -> {
			String result = blockUntilEnd();
			over.countDown();
			return result;
		}));
		Party.until(() -> !this.tasks.tree().roots().isEmpty());
		caller.awaitBlocked().interrupt();

		caller.assertFailed(InterruptedException.class);
		assertThat(this.tasks.tree().roots()).extracting(TaskNode::name).containsExactly("shielded");
		this.end.countDown();
		over.await();
	}

	@Test
	void shieldedWorkHasADeadlineOfItsOwn() throws Exception {
		BackgroundOptions options = BackgroundOptions.builder().deadline(Duration.ofSeconds(1)).build();
		Party<String> caller = Party.start(() -> this.tasks.shield("shielded", options, this::blockUntilEnd));
		this.timer.awaitArmed(1);
		this.timer.advance(Duration.ofSeconds(1));

		caller.assertFailed(DeadlineExceededException.class);
		assertThat(this.cleaned).isTrue();
	}

	private Subtask<String> startedIn(TaskGroup group) throws InterruptedException {
		CountDownLatch started = new CountDownLatch(1);
		Subtask<String> subtask = group.fork(() -> {
			started.countDown();
			return blockUntilEnd();
		});
		started.await();
		return subtask;
	}

	private String blockUntilEnd() throws InterruptedException {
		try {
			this.end.await();
			return "ended";
		}
		finally {
			this.cleaned.set(true);
		}
	}

}
