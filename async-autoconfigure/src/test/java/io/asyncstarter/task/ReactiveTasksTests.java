package io.asyncstarter.task;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineThreadLocalAccessor;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.executor.ExecutorSaturatedException;
import io.asyncstarter.sync.Party;
import io.asyncstarter.testing.NoLeaks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ReactiveTasks}.
 */
@NoLeaks
@Timeout(60)
class ReactiveTasksTests {

	private final BoundedExecutor executor = BoundedExecutor.builder("io").maxConcurrency(1).queueCapacity(0).build();

	private final Tasks tasks = Tasks.builder().executors(BoundedExecutors.of(this.executor)).build();

	private final ReactiveTasks reactive = this.tasks.reactive();

	private final CountDownLatch end = new CountDownLatch(1);

	private final AtomicInteger started = new AtomicInteger();

	private final AtomicInteger interrupted = new AtomicInteger();

	@AfterEach
	void letWorkEnd() {
		this.end.countDown();
		this.executor.close();
	}

	@Test
	void gatherIsInTheOrderOfTheWork() {
		Sinks.One<String> a = Sinks.one();
		Sinks.One<String> b = Sinks.one();

		StepVerifier.create(this.reactive.gather(a.asMono(), b.asMono(), Mono.empty()))
			.then(() -> b.tryEmitValue("b"))
			.then(() -> a.tryEmitValue("a"))
			.assertNext((results) -> assertThat(results).containsExactly("a", "b", null))
			.verifyComplete();
		StepVerifier.create(this.reactive.gather(List.<Mono<String>>of())).expectNext(List.of()).verifyComplete();
	}

	@Test
	void gatherCancelsTheRestWhenOneFails() {
		TestPublisher<String> rest = TestPublisher.create();

		StepVerifier.create(this.reactive.gather(rest.mono(), Mono.error(new IOException("first"))))
			.verifyErrorMessage("first");
		rest.assertWasCancelled();
	}

	@Test
	void settleTellsEveryOutcome() {
		IOException failure = new IOException("b");

		StepVerifier.create(this.reactive.settle(Mono.just("a"), Mono.error(failure), Mono.empty()))
			.assertNext((outcomes) -> assertThat(outcomes).containsExactly(new Outcome.Success<>("a"),
					new Outcome.Failure<>(failure), new Outcome.Success<@Nullable String>(null)))
			.verifyComplete();
	}

	@Test
	void raceCancelsTheLosers() {
		TestPublisher<String> loser = TestPublisher.create();
		Sinks.One<String> winner = Sinks.one();

		StepVerifier.create(this.reactive.race(loser.mono(), Mono.error(new IOException()), winner.asMono()))
			.then(() -> winner.tryEmitValue("wins"))
			.expectNext("wins")
			.verifyComplete();
		loser.assertWasCancelled();
		StepVerifier.create(this.reactive.race(Mono.never(), Mono.empty())).verifyComplete();
	}

	@Test
	void raceThatNobodyWinsFailsWithAllFailures() {
		Sinks.One<String> a = Sinks.one();

		StepVerifier.create(this.reactive.race(a.asMono(), Mono.error(new IOException("b"))))
			.then(() -> a.tryEmitError(new IOException("a")))
			.verifyErrorSatisfies(
					(failure) -> assertThat(((TaskGroupException) failure).failures()).extracting(Throwable::getMessage)
						.containsExactly("a", "b"));
		assertThatIllegalArgumentException().isThrownBy(() -> this.reactive.race(List.of()));
	}

	@Test
	void asCompletedIsInTheOrderOfCompletion() {
		Sinks.One<String> a = Sinks.one();
		Sinks.One<String> b = Sinks.one();

		StepVerifier.create(this.reactive.asCompleted(a.asMono(), b.asMono()))
			.then(() -> b.tryEmitError(new IOException("b")))
			.assertNext((outcome) -> assertThat(outcome.failure()).isPresent())
			.then(() -> a.tryEmitValue("a"))
			.expectNext(new Outcome.Success<>("a"))
			.verifyComplete();
	}

	@Test
	void hedgeStartsAnotherAttemptWhenTheFirstTakesTooLong() {
		Mono<String> hedged = this.reactive.hedge(Duration.ofMillis(1), 1,
				() -> (this.started.getAndIncrement() == 0) ? Mono.never() : Mono.just("second"));

		StepVerifier.create(hedged).expectNext("second").verifyComplete();
	}

	@Test
	void mapFailsByTheFirstOfFailuresThatComeTogether() {
		TestPublisher<Integer> one = TestPublisher.create();
		TestPublisher<Integer> two = TestPublisher.create();
		IOException first = new IOException("first");
		IOException second = new IOException("second");
		List<TestPublisher<Integer>> publishers = List.of(one, two);

		StepVerifier.create(this.reactive.map(List.of(0, 1), 2, (item) -> publishers.get(item).flux())
			// fails while the first result is on its way
			.doOnNext((result) -> two.error(first))
			.doOnNext((result) -> one.error(second)))
			.then(() -> Party.until(() -> two.subscribeCount() == 1))
			.then(() -> one.next(0))
			.expectNext(0)
			.verifyErrorSatisfies((failure) -> {
				assertThat(failure).isSameAs(first);
				assertThat(failure.getSuppressed()).containsExactly(second);
			});
	}

	@Test
	void mapIsInOrderAndBounded() {
		AtomicInteger inside = new AtomicInteger();
		StepVerifier.create(this.reactive.map(List.of(3, 2, 1), 2, (item) -> Mono.fromCallable(() -> {
			assertThat(inside.incrementAndGet()).isLessThanOrEqualTo(2);
			return item;
		}).delayElement(Duration.ofMillis(item)).doOnTerminate(inside::decrementAndGet)))
			.expectNext(3, 2, 1)
			.verifyComplete();
	}

	@Test
	void blockingWorkIsDoneOnTheExecutorForEachSubscription() {
		Mono<String> mono = this.reactive
			.blocking(() -> Thread.currentThread().getName() + this.started.incrementAndGet());
		assertThat(this.started).hasValue(0);

		StepVerifier.create(mono)
			.assertNext((name) -> assertThat(name).startsWith("io-").endsWith("1"))
			.verifyComplete();
		Party.until(() -> this.executor.getRunningCount() == 0);
		StepVerifier.create(mono).assertNext((name) -> assertThat(name).endsWith("2")).verifyComplete();
	}

	@Test
	void blockingWorkWithoutExecutorIsDoneOnAVirtualThread() {
		StepVerifier.create(Tasks.create().reactive().blocking(() -> Thread.currentThread().isVirtual()))
			.expectNext(true)
			.verifyComplete();
		StepVerifier.create(Tasks.create().reactive().<String>blocking(() -> null)).verifyComplete();
	}

	@Test
	void failureOfBlockingWorkIsThatOfTheMono() {
		for (Tasks each : List.of(this.tasks, Tasks.create())) {
			StepVerifier.create(each.reactive().blocking(() -> {
				throw new IOException("as it is");
			})).verifyErrorMessage("as it is");
			Party.until(() -> this.executor.getRunningCount() == 0);
		}
	}

	@Test
	void rejectionOfTheExecutorIsTheFailureOfTheMono() {
		StepVerifier.create(this.reactive.blocking(this::block))
			.then(() -> Party.until(() -> this.started.get() == 1))
			.then(() -> StepVerifier.create(this.reactive.blocking("io", () -> "no room"))
				.verifyError(ExecutorSaturatedException.class))
			.thenCancel()
			.verify();
	}

	@Test
	void cancellingInterruptsBlockingWork() {
		for (Tasks each : List.of(this.tasks, Tasks.create())) {
			this.started.set(0);
			StepVerifier.create(each.reactive().blocking(this::block))
				.then(() -> Party.until(() -> this.started.get() == 1))
				.thenCancel()
				.verify();
			Party.until(() -> this.executor.getRunningCount() == 0);
		}
		Party.until(() -> this.interrupted.get() == 2);
	}

	@Test
	void deadlineOfTheSubscriberEndsBlockingWork() {
		for (Tasks each : List.of(this.tasks, Tasks.create())) {
			StepVerifier
				.create(each.reactive()
					.blocking(this::block)
					.contextWrite((context) -> context.put(DeadlineThreadLocalAccessor.KEY,
							Deadline.after(Duration.ofMillis(20)))))
				.verifyError(DeadlineExceededException.class);
			Party.until(() -> this.executor.getRunningCount() == 0);
		}
		assertThat(this.interrupted).hasValue(this.started.get());
	}

	@Test
	void joinReturnsOrThrowsWhatTheMonoDoes() throws Exception {
		assertThat(this.reactive.join(Mono.just("value").delayElement(Duration.ofMillis(1)))).isEqualTo("value");
		assertThat(this.reactive.<String>join(Mono.empty())).isNull();
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> this.reactive.join(Mono.error(new IOException("as it is"))))
			.withMessage("as it is");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.reactive.join(Mono.fromCallable(() -> {
			throw new IOException("checked");
		}))).withMessage("checked");
	}

	@Test
	void joinOnAnEventLoopIsRefused() {
		StepVerifier
			.create(Mono.fromCallable(() -> this.reactive.join(Mono.just("value"))).subscribeOn(Schedulers.parallel()))
			.verifyErrorSatisfies((failure) -> assertThat(failure).isInstanceOf(IllegalStateException.class)
				.hasMessageMatching("Thread 'parallel-\\d+' must not wait for a Mono: it serves others, which would "
						+ "wait too. Return the Mono, or wait inside of blocking\\(...\\)"));
	}

	@Test
	void joinWhenInterruptedCancelsTheSubscription() {
		TestPublisher<String> work = TestPublisher.create();
		Party<String> caller = Party.start(() -> this.reactive.join(work.mono()));
		caller.awaitBlocked().interrupt();

		caller.assertFailed(InterruptedException.class);
		work.assertWasCancelled();
	}

	@Test
	void joinHonoursTheDeadlineAndPassesItOn() {
		AtomicReference<Deadline> seen = new AtomicReference<>();
		TestPublisher<String> work = TestPublisher.create();

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> Deadline
			.within(Duration.ofMillis(20), () -> this.reactive.join(Mono.deferContextual((context) -> {
				seen.set(context.get(DeadlineThreadLocalAccessor.KEY));
				return work.mono();
			}))));
		assertThat(seen.get().isUnbounded()).isFalse();
		work.assertWasCancelled();
	}

	@Test
	void shieldedWorkEndsAlthoughTheSubscriberCancels() {
		Sinks.One<String> work = Sinks.one();
		AtomicInteger ended = new AtomicInteger();
		Mono<String> shielded = this.reactive.shield("shielded", Duration.ofDays(1),
				work.asMono().doOnSuccess((value) -> ended.incrementAndGet()));

		StepVerifier.create(shielded)
			.then(() -> Party.until(() -> work.currentSubscriberCount() == 1))
			.thenCancel()
			.verify();
		assertThat(this.tasks.tree().roots()).extracting(TaskNode::name).containsExactly("shielded");
		work.tryEmitValue("value");

		Party.until(() -> this.tasks.tree().roots().isEmpty());
		assertThat(ended).hasValue(1);
		StepVerifier.create(shielded).expectNext("value").verifyComplete();
	}

	@Test
	void nothingStartsBeforeSomebodySubscribes() {
		Mono<String> work = Mono.fromCallable(() -> "started" + this.started.incrementAndGet());
		assertThat(List.of(this.reactive.gather(work), this.reactive.settle(work), this.reactive.race(work),
				this.reactive.asCompleted(work), this.reactive.shield("shielded", Duration.ofDays(1), work)))
			.hasSize(5);

		assertThat(this.started).hasValue(0);
		assertThatIllegalStateException().isThrownBy(() -> Tasks.create().reactive().blocking("none", () -> ""))
			.withMessageContaining("none");
	}

	private String block() throws InterruptedException {
		this.started.incrementAndGet();
		try {
			this.end.await();
			return "ended";
		}
		catch (InterruptedException ex) {
			this.interrupted.incrementAndGet();
			throw ex;
		}
	}

}
