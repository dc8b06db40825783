package io.asyncstarter.deadline;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for completion, timeout and interrupt at the same instant. Names in brackets are
 * rows of the conformance tables.
 */
@ExtendWith(Interruptions.class)
@Timeout(120)
class ScopeRaceTests {

	private static final int ROUNDS = 10_000;

	private static final Duration TIME = Duration.ofMillis(10);

	@ParameterizedTest // X09
	@ValueSource(booleans = { true, false })
	void completionTimeoutAndInterruptHaveExactlyOneOutcome(boolean virtual) throws Exception {
		ThreadFactory owners = (virtual) ? Thread.ofVirtual().factory() : Thread.ofPlatform().daemon().factory();
		try (ExecutorService owner = Executors.newSingleThreadExecutor(owners);
				ExecutorService others = Executors.newFixedThreadPool(3)) {
			owner.submit(() -> {
				Random random = new Random(7);
				for (int i = 0; i < ROUNDS; i++) {
					new Round(random.nextInt(8), random.nextInt(200)).run(others);
				}
				return null;
			}).get(100, TimeUnit.SECONDS);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void nestedScopesLeaveNoInterruptNoBoundAndNoTimer(boolean virtual) throws Exception {
		WheelTimer timer = new WheelTimer("test-deadline-timer", 2);
		int threads = 6;
		try (ExecutorService executor = (virtual) ? Executors.newVirtualThreadPerTaskExecutor()
				: Executors.newFixedThreadPool(threads)) {
			Future<?>[] tasks = new Future<?>[threads];
			for (int thread = 0; thread < threads; thread++) {
				Random random = new Random(thread);
				tasks[thread] = executor.submit(() -> {
					for (int i = 0; i < 400; i++) {
						new RandomScopes(timer, random).enter(random.nextInt(1, 5));
						assertThat(Thread.interrupted()).isFalse();
						assertThat(CurrentBound.get()).isNull();
					}
					return null;
				});
			}
			for (Future<?> task : tasks) {
				task.get(100, TimeUnit.SECONDS);
			}
		}
		assertThat(timer.armed()).isZero();
	}

	@Test
	void workThatEndsAsItsTimeIsUpIsNeverInterruptedAfterwards() {
		WheelTimer timer = new WheelTimer("test-deadline-timer", 2);
		Random random = new Random(11);
		for (int i = 0; i < 500; i++) {
			long end = timer.nanoTime() + 1_000_000 + random.nextInt(-20_000, 600_000);
			DeadlineScope.of("work", Deadline.after(Duration.ofMillis(1), timer)).run(() -> spinUntil(timer, end));

			spinUntil(timer, timer.nanoTime() + 20_000);
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		}
		assertThat(timer.armed()).isZero();
	}

	private static void spinUntil(DeadlineTimer timer, long end) {
		while (timer.nanoTime() - end < 0) {
			Thread.onSpinWait();
		}
	}

	/**
	 * One scope, and a thread each to complete its work, to let its deadline pass and to
	 * interrupt it.
	 */
	private static final class Round {

		private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

		private final DeadlineScope scope = DeadlineScope.of("work", Deadline.after(TIME, this.timer));

		private final CountDownLatch completed = new CountDownLatch(1);

		private final AtomicInteger absent = new AtomicInteger(4);

		private final int actors;

		private final int spins;

		Round(int actors, int spins) {
			this.actors = (actors != 0) ? actors : 7;
			this.spins = spins;
		}

		void run(ExecutorService others) throws Exception {
			Thread owner = Thread.currentThread();
			Future<?> complete = others.submit(() -> meetAndRun(1, this.completed::countDown));
			Future<?> expire = others.submit(() -> meetAndRun(2, () -> this.timer.advance(TIME)));
			Future<?> interrupt = others.submit(() -> meetAndRun(4, owner::interrupt));
			Outcome outcome = work();
			boolean expired = this.scope.isExpired();
			boolean flag = Thread.interrupted();
			// The interrupt may come only now, and must not end the wait for its sender.
			while (!complete.isDone() || !expire.isDone() || !interrupt.isDone()) {
				LockSupport.parkNanos(1);
			}
			flag |= Thread.interrupted();
			check(outcome, expired, flag);
		}

		private Outcome work() {
			try {
				this.scope.run(() -> {
					meet();
					this.completed.await();
				});
				return Outcome.RETURNED;
			}
			catch (DeadlineExceededException ex) {
				return Outcome.TIMED_OUT;
			}
			catch (InterruptedException ex) {
				return Outcome.INTERRUPTED;
			}
		}

		private void check(Outcome outcome, boolean expired, boolean flag) {
			boolean interrupted = (this.actors & 4) != 0;
			String round = "actors %d: %s, expired %s, flag %s".formatted(this.actors, outcome, expired, flag);
			if (!interrupted) {
				assertThat(flag).as(round).isFalse();
				assertThat(outcome).as(round).isNotEqualTo(Outcome.INTERRUPTED);
			}
			else if (!expired) {
				assertThat(flag).as(round).isEqualTo(outcome != Outcome.INTERRUPTED);
			}
			if (outcome == Outcome.TIMED_OUT) {
				assertThat(expired).as(round).isTrue();
			}
			if (outcome == Outcome.INTERRUPTED) {
				assertThat(flag).as(round).isFalse();
			}
			if ((this.actors & 2) == 0) {
				assertThat(expired).as(round).isFalse();
			}
			assertThat(this.timer.armed()).as(round).isZero();
			assertThat(CurrentBound.get()).as(round).isNull();
		}

		private void meetAndRun(int actor, Runnable action) {
			meet();
			if ((this.actors & actor) != 0) {
				for (int i = 0; i < this.spins; i++) {
					Thread.onSpinWait();
				}
				action.run();
			}
		}

		private void meet() {
			this.absent.decrementAndGet();
			while (this.absent.get() > 0) {
				// There may be fewer processors than actors.
				LockSupport.parkNanos(1);
			}
		}

	}

	private enum Outcome {

		RETURNED, TIMED_OUT, INTERRUPTED

	}

	/**
	 * Scopes nested at random, around work that blocks, spins, swallows or fails.
	 */
	private static final class RandomScopes {

		private final WheelTimer timer;

		private final Random random;

		RandomScopes(WheelTimer timer, Random random) {
			this.timer = timer;
			this.random = random;
		}

		void enter(int depth) throws Exception {
			Duration timeout = Duration.ofNanos(this.random.nextInt(-100_000, 3_000_000));
			DeadlineScope scope = DeadlineScope.of("depth " + depth, Deadline.after(timeout, this.timer));
			try {
				scope.run(() -> {
					if (depth > 1) {
						enter(depth - 1);
					}
					work();
				});
			}
			catch (DeadlineExceededException ex) {
				assertThat(ex.getScopeName()).isEqualTo(scope.getName());
				assertThat(scope.isExpired()).isTrue();
			}
			catch (IllegalStateException ex) {
				assertThat(ex).hasMessage("work failed");
			}
		}

		private void work() throws InterruptedException {
			switch (this.random.nextInt(5)) {
				case 0 -> pause(3_000);
				case 1 -> spinUntil(this.timer, this.timer.nanoTime() + this.random.nextInt(1_000_000));
				case 2 -> swallow();
				case 3 -> throw new IllegalStateException("work failed");
				default -> cleanUp();
			}
		}

		// Not for ever: an interrupt that was swallowed does not come again.
		private void pause(int mostMicros) throws InterruptedException {
			long micros = this.random.nextInt(mostMicros);
			assertThat(new CountDownLatch(1).await(micros, TimeUnit.MICROSECONDS)).isFalse();
		}

		private void swallow() {
			try {
				pause(1_000);
			}
			catch (InterruptedException ex) {
				if (this.random.nextBoolean()) {
					Thread.currentThread().interrupt();
				}
			}
		}

		private void cleanUp() throws InterruptedException {
			try {
				pause(3_000);
			}
			finally {
				spinUntil(this.timer, this.timer.nanoTime() + this.random.nextInt(1_000_000));
			}
		}

	}

}
