package io.asyncstarter.task;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.ExecutorSaturatedException;
import io.asyncstarter.sync.Party;
import io.asyncstarter.testing.ManualDeadlineTimer;
import io.asyncstarter.testing.NoLeaks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for gather, settle, race and hedge.
 */
@NoLeaks
@Timeout(60)
class GatherTests {

	private final Tasks tasks = Tasks.create();

	private final AtomicInteger started = new AtomicInteger();

	private final AtomicInteger interrupted = new AtomicInteger();

	// C13
	@Test
	void gatherReturnsInTheOrderOfTheWork() throws Exception {
		CountDownLatch b = new CountDownLatch(1);
		CountDownLatch a = new CountDownLatch(1);
		List<String> results = this.tasks.gather(() -> {
			b.await();
			a.countDown();
			return "a";
		}, () -> {
			b.countDown();
			return "b";
		}, () -> {
			a.await();
			return "c";
		});

		assertThat(results).containsExactly("a", "b", "c");
	}

	// C15
	@Test
	void gatherThrowsTheFirstFailureAsItIs() {
		CountDownLatch failed = new CountDownLatch(1);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.tasks.gather(() -> {
			try {
				return blocked().call();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException("in cleanup");
			}
		}, () -> {
			awaitStarted(2);
			failed.countDown();
			throw new IOException("first");
		}, blocked()))
			.withMessage("first")
			.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement()
				.isInstanceOf(IllegalStateException.class)
				.hasFieldOrPropertyWithValue("message", "in cleanup"));
		assertThat(this.interrupted).hasValue(2);
	}

	// C17
	@Test
	void gatherWhenWorkIsCancelledFailsAndIsNotCancelledItself() {
		assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> this.tasks.gather(() -> {
			throw new CancellationException("one");
		})).withMessage("one");
		assertThat(Thread.interrupted()).isFalse();
	}

	// C19
	@Test
	void gatherOfNothingIsEmpty() throws Exception {
		assertThat(this.tasks.<String>gather()).isEmpty();
		assertThat(this.tasks.gather(List.<Callable<String>>of())).isEmpty();
		assertThat(this.tasks.<String>settle()).isEmpty();
	}

	// C21
	@Test
	void gatherWhenInterruptedCancelsAllWork() {
		Party<List<String>> owner = Party.start(() -> this.tasks.gather(blocked(), blocked(), blocked()));
		awaitStarted(3);

		owner.interrupt();

		owner.assertFailed(InterruptedException.class);
		assertThat(this.interrupted).hasValue(3);
	}

	// C23
	@Test
	void settleWhenInterruptedThrowsAndDoesNotReturnIt() {
		Party<List<Outcome<String>>> owner = Party.start(() -> this.tasks.settle(blocked(), blocked()));
		awaitStarted(2);

		owner.interrupt();

		owner.assertFailed(InterruptedException.class);
		assertThat(this.interrupted).hasValue(2);
	}

	@Test
	void gatherKeepsNullResults() throws Exception {
		assertThat(this.tasks.gather(() -> null, () -> "b")).containsExactly(null, "b");
	}

	@Test
	void namesOfTheWorkAreThoseOfItsTasks() throws Exception {
		List<String> threads = this.tasks.gather(Tasks.named("user", () -> Thread.currentThread().getName()),
				Tasks.named("orders", () -> Thread.currentThread().getName()));

		assertThat(threads).containsExactly("user", "orders");
	}

	@Test
	void settingsOfTheGroupApply() throws Exception {
		Tasks configured = Tasks.builder()
			.group("dashboard", TaskGroupOptions.builder().maxConcurrency(1).build())
			.group("gather", TaskGroupOptions.builder().deadline(Duration.ofMillis(1)).build())
			.build();
		AtomicInteger inside = new AtomicInteger();
		Callable<Integer> work = () -> {
			int now = inside.incrementAndGet();
			Thread.onSpinWait();
			inside.decrementAndGet();
			return now;
		};

		assertThat(configured.using("dashboard").gather(work, work, work)).containsExactly(1, 1, 1);
		assertThat(configured.using("other", (options) -> options.maxConcurrency(1)).gather(List.of(work, work)))
			.containsExactly(1, 1);
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> configured.gather(blocked()))
			.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("gather"));
	}

	@Test
	void settleReturnsEveryOutcomeInOrder() throws Exception {
		IOException failure = new IOException("b");
		List<Outcome<String>> outcomes = this.tasks.settle(() -> "a", () -> {
			throw failure;
		}, () -> {
			throw new CancellationException("c");
		}, () -> null);

		assertThat(outcomes.get(0)).isEqualTo(new Outcome.Success<>("a"));
		assertThat(outcomes.get(1)).isEqualTo(new Outcome.Failure<>(failure));
		assertThat(outcomes.get(2)).isInstanceOf(Outcome.Cancelled.class);
		assertThat(outcomes.get(3)).isEqualTo(new Outcome.Success<>(null));
	}

	@Test
	void settleWithADeadlineReturnsWhatIsThere() throws Exception {
		ManualDeadlineTimer timer = new ManualDeadlineTimer();
		GroupedTasks checks = Tasks.builder()
			.timer(timer)
			.build()
			.using("checks", (options) -> options.deadline(Duration.ofSeconds(1)));
		Party<List<Outcome<String>>> owner = Party.start(() -> checks.settle(() -> {
			this.started.incrementAndGet();
			return "a";
		}, blocked(), () -> {
			this.started.incrementAndGet();
			throw new IllegalStateException("c");
		}));
		awaitStarted(3);

		timer.advance(Duration.ofSeconds(1));

		List<Outcome<String>> outcomes = owner.join();
		assertThat(outcomes.get(0)).isEqualTo(new Outcome.Success<>("a"));
		assertThat(outcomes.get(1).failure()).containsInstanceOf(DeadlineExceededException.class);
		assertThat(outcomes.get(2).failure()).containsInstanceOf(IllegalStateException.class);
		assertThat(this.interrupted).hasValue(1);
	}

	@Test
	void settleWithinADeadlineOfTheCallerThrows() {
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> Deadline.within("request", Duration.ofMillis(20), () -> this.tasks.settle(blocked())))
			.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("request"));
	}

	@Test
	void raceReturnsTheFirstResultWhenTheOthersHaveEnded() throws Exception {
		String winner = this.tasks.race(blocked(), () -> {
			throw new IllegalStateException("loses");
		}, () -> {
			awaitStarted(1);
			return "wins";
		});

		assertThat(winner).isEqualTo("wins");
		assertThat(this.interrupted).hasValue(1);
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	void raceMayBeWonByNull() throws Exception {
		assertThat(this.tasks.<String>race(() -> null)).isNull();
	}

	@Test
	void raceThatNobodyWinsThrowsAllFailuresInOrder() {
		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> this.tasks.race(() -> {
			throw new IOException("a");
		}, () -> {
			throw new IllegalStateException("b");
		})).satisfies((ex) -> assertThat(ex.failures()).extracting(Throwable::getMessage).containsExactly("a", "b"));
	}

	@Test
	void raceOfNobodyIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.tasks.race(List.of()))
			.withMessage("'works' must not be empty: there would be no winner");
	}

	@Test
	void raceWhenInterruptedCancelsAllWork() {
		Party<String> owner = Party.start(() -> this.tasks.race(blocked(), blocked()));
		awaitStarted(2);

		owner.interrupt();

		owner.assertFailed(InterruptedException.class);
		assertThat(this.interrupted).hasValue(2);
	}

	@Test
	void raceThatLastsTooLongThrows() {
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> this.tasks.using("race", (options) -> options.deadline(Duration.ofMillis(20)))
				.race(blocked(), blocked()));
		assertThat(this.interrupted).hasValue(2);
	}

	@Test
	void everyRaceHasOneWinner() throws Exception {
		for (int round = 0; round < 500; round++) {
			List<Callable<Integer>> runners = new ArrayList<>();
			AtomicInteger finished = new AtomicInteger();
			for (int i = 0; i < 4; i++) {
				int number = i;
				runners.add(() -> {
					finished.incrementAndGet();
					return number;
				});
			}

			assertThat(this.tasks.race(runners)).isBetween(0, 3);
			assertThat(finished.get()).isPositive();
		}
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	void hedgeStartsAnotherAttemptWhenTheFirstTakesTooLong() throws Exception {
		String result = this.tasks.hedge(Duration.ofMillis(1), 1, () -> {
			if (this.started.getAndIncrement() == 0) {
				return blocked().call();
			}
			return "second";
		});

		assertThat(result).isEqualTo("second");
		assertThat(this.interrupted).hasValue(1);
	}

	@Test
	void hedgeOfFastWorkHasOneAttempt() throws Exception {
		assertThat(this.tasks.hedge(Duration.ofDays(1), 3, this.started::incrementAndGet)).isOne();
		assertThatIllegalStateException().isThrownBy(() -> this.tasks.hedge(Duration.ofDays(1), 3, () -> {
			throw new IllegalStateException("as it is");
		})).withMessage("as it is");
	}

	@Test
	void settleReturnsRejectionsAmongTheOutcomes() throws Exception {
		try (BoundedExecutor executor = BoundedExecutor.builder("small").maxConcurrency(2).queueCapacity(0).build()) {
			Callable<String> work = onceRejected(executor, 2);
			List<Outcome<String>> outcomes = this.tasks.using("checks", (options) -> options.executor(executor))
				.settle(work, work, work, work);

			assertThat(outcomes.subList(0, 2)).containsOnly(new Outcome.Success<>("done"));
			assertThat(outcomes.subList(2, 4)).allSatisfy(
					(outcome) -> assertThat(outcome.failure()).containsInstanceOf(ExecutorSaturatedException.class));
		}
	}

	@Test
	void raceGoesOnWithoutWorkThatIsRejected() throws Exception {
		try (BoundedExecutor executor = BoundedExecutor.builder("small").maxConcurrency(1).queueCapacity(0).build()) {
			Callable<String> work = onceRejected(executor, 1);

			assertThat(this.tasks.using("race", (options) -> options.executor(executor)).<String>race(work, work))
				.isEqualTo("done");
		}
	}

	@Test
	void verbsWhoseGroupIsCancelledFromElsewhereSaySo() {
		for (ThrowingCallable verb : List.<ThrowingCallable>of(() -> this.tasks.gather(blocked(), blocked()),
				() -> this.tasks.race(blocked(), blocked()),
				() -> this.tasks.map(List.of(1, 2), 2, (item) -> blocked().call()))) {
			this.started.set(0);
			Party<Throwable> owner = Party.start(() -> catchThrowable(verb));
			awaitStarted(2);

			this.tasks.cancelAll("the application is shutting down");

			assertThat(owner.task()).succeedsWithin(Duration.ofSeconds(20))
				.asInstanceOf(InstanceOfAssertFactories.THROWABLE)
				.isExactlyInstanceOf(CancellationException.class)
				.hasMessageEndingWith("was cancelled: the application is shutting down");
		}
	}

	@Test
	void settleWhoseGroupIsCancelledFromElsewhereReturnsWhatIsThere() throws Exception {
		Party<List<Outcome<String>>> owner = Party.start(() -> this.tasks.settle(() -> "a", blocked()));
		awaitStarted(1);

		this.tasks.cancelAll("the application is shutting down");

		assertThat(owner.join().get(0)).isEqualTo(new Outcome.Success<>("a"));
		assertThat(owner.join().get(1)).isInstanceOf(Outcome.Cancelled.class);
	}

	/**
	 * Work that goes on until the executor has rejected some.
	 */
	private static Callable<String> onceRejected(BoundedExecutor executor, long count) {
		return () -> {
			Party.until(
					() -> executor.getStats().rejected().values().stream().mapToLong(Long::longValue).sum() >= count);
			return "done";
		};
	}

	/**
	 * Work that goes on until it is interrupted.
	 */
	private Callable<String> blocked() {
		return () -> {
			this.started.incrementAndGet();
			try {
				new CountDownLatch(1).await();
				return "never";
			}
			catch (InterruptedException ex) {
				this.interrupted.incrementAndGet();
				throw ex;
			}
		};
	}

	private void awaitStarted(int count) {
		Party.until(() -> this.started.get() >= count);
	}

}
