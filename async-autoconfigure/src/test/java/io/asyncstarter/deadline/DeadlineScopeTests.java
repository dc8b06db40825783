package io.asyncstarter.deadline;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for a single {@link DeadlineScope}. Names in brackets are rows of the conformance
 * tables.
 */
@ExtendWith(Interruptions.class)
@Timeout(30)
class DeadlineScopeTests {

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	@AfterEach
	void nothingIsArmed() {
		assertThat(this.timer.armed()).isZero();
	}

	@Test // B01
	void whenDeadlinePassesBlockedWorkIsInterruptedAndScopeRaises() {
		DeadlineScope scope = scope(10);

		DeadlineExceededException exceeded = catchThrowableOfType(DeadlineExceededException.class,
				() -> scope.run(() -> {
					this.timer.advance(Duration.ofMillis(15));
					Interruptions.block();
				}));

		assertThat(exceeded).hasMessage("Scope 'work' exceeded its deadline: it had PT0.01S and took PT0.015S")
			.hasCauseExactlyInstanceOf(InterruptedException.class);
		assertThat(exceeded.getScopeName()).isEqualTo("work");
		assertThat(exceeded.getBudget()).isEqualTo(Duration.ofMillis(10));
		assertThat(exceeded.getElapsed()).isEqualTo(Duration.ofMillis(15));
		assertThat(scope.isExpired()).isTrue();
	}

	@Test // B01
	void whenDeadlinePassesInRealTimeBlockedWorkIsInterrupted() {
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> Deadline.within(Duration.ofMillis(10), () -> Interruptions.block()))
			.satisfies((ex) -> assertThat(ex.getElapsed()).isBetween(Duration.ofMillis(10), Duration.ofSeconds(10)));
	}

	@Test
	void exceptionIsNeitherCancellationNorTimeoutOfTheJdk() {
		assertThat(new DeadlineExceededException("work", Duration.ZERO, Duration.ZERO, null))
			.isNotInstanceOfAny(CancellationException.class, TimeoutException.class, InterruptedException.class)
			.isInstanceOf(RuntimeException.class);
	}

	@Test // B05
	void whenDeadlineIsNoneWorkIsNotBounded() {
		DeadlineScope scope = DeadlineScope.of("work", Deadline.none());

		String result = scope.call((self) -> {
			assertThat(self.when()).isEmpty();
			assertThat(Deadline.current().isUnbounded()).isTrue();
			return "done";
		});

		assertThat(result).isEqualTo("done");
		assertThat(scope.when()).isEmpty();
		assertThat(scope.isExpired()).isFalse();
	}

	@Test
	void whenWorkIsInTimeDeadlineStaysToBeSeen() {
		DeadlineScope scope = scope(10);

		scope.run(() -> this.timer.advance(Duration.ofMillis(9)));

		assertThat(scope.isExpired()).isFalse();
		assertThat(scope.when()).hasValueSatisfying((when) -> assertThat(when.remaining()).hasMillis(1));
	}

	@Test // B07
	void whenWorkFailsInTimeItsExceptionIsUnchanged() {
		DeadlineScope scope = scope(10);
		IOException failure = new IOException("broken");

		assertThatExceptionOfType(IOException.class).isThrownBy(() -> scope.run(() -> {
			throw failure;
		})).isSameAs(failure).satisfies((ex) -> assertThat(ex.getSuppressed()).isEmpty());

		assertThat(scope.isExpired()).isFalse();
	}

	@Test
	void whenWorkFailsForItsOwnReasonAfterExpiryItsExceptionCarriesTheTimeout() {
		DeadlineScope scope = scope(10);
		IOException failure = new IOException("broken in cleanup");

		assertThatExceptionOfType(IOException.class).isThrownBy(() -> scope.run(() -> {
			this.timer.advance(Duration.ofMillis(10));
			throw failure;
		}))
			.isSameAs(failure)
			.satisfies((ex) -> assertThat(ex.getSuppressed()).hasOnlyElementsOfTypes(DeadlineExceededException.class)
				.hasSize(1));

		assertThat(scope.isExpired()).isTrue();
	}

	@Test
	void whenWorkAlwaysThrowsTheSameExceptionItDoesNotCollectTimeouts() {
		RuntimeException failure = new IllegalStateException("constant");

		for (int i = 0; i < 100; i++) {
			assertThatIllegalStateException().isThrownBy(() -> scope(0).run(() -> {
				throw failure;
			}));
		}

		assertThat(failure.getSuppressed()).hasSize(8);
	}

	@Test
	void whenErrorIsThrownItPasses() {
		AssertionError failure = new AssertionError("wrong");

		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> scope(10).run(() -> {
			throw failure;
		})).isSameAs(failure);
	}

	@Test // B17
	void whenInterruptedWorkHadAnErrorAtHandItStaysReachable() {
		IOException atHand = new IOException("at hand");

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope(10).run(() -> {
			this.timer.advance(Duration.ofMillis(10));
			try {
				Interruptions.block();
			}
			catch (InterruptedException ex) {
				ex.addSuppressed(atHand);
				throw ex;
			}
		}))
			.withCauseExactlyInstanceOf(InterruptedException.class)
			.satisfies((ex) -> assertThat(ex.getCause()).hasSuppressedException(atHand));
	}

	@Test // B17
	@SuppressWarnings("try") // to be interrupted while closing is the point
	void whenClosingIsInterruptedErrorOfTheBodyWinsAndHasBoth() {
		IOException failure = new IOException("body");

		assertThatExceptionOfType(IOException.class).isThrownBy(() -> scope(10).run(() -> {
			try (BlockingResource resource = new BlockingResource()) {
				assertThat(resource).isNotNull();
				this.timer.advance(Duration.ofMillis(10));
				throw failure;
			}
		}))
			.isSameAs(failure)
			.satisfies((ex) -> assertThat(ex.getSuppressed()).hasExactlyElementsOfTypes(InterruptedException.class,
					DeadlineExceededException.class));
	}

	@Test // B21, B27
	void whenWorkCleansUpCleanupIsDoneBeforeTheScopeRaises() {
		AtomicInteger cleanup = new AtomicInteger();

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope(10).run(() -> {
			this.timer.advance(Duration.ofMillis(10));
			try {
				Interruptions.block();
			}
			finally {
				// Blocks and is not interrupted a second time.
				CompletableFuture.runAsync(cleanup::incrementAndGet).get();
			}
		})).withCauseExactlyInstanceOf(InterruptedException.class);

		assertThat(cleanup).hasValue(1);
	}

	@ParameterizedTest // B23
	@ValueSource(longs = { 0, -1 })
	void whenTimeIsUpAtEntryFinishedWorkStillGivesItsResult(long millis) throws Exception {
		FutureTask<String> finished = new FutureTask<>(() -> "done");
		finished.run();

		assertThat(scope(millis).<String, Exception>call((self) -> finished.get())).isEqualTo("done");
	}

	@ParameterizedTest // B25, B27
	@ValueSource(longs = { 0, -1 })
	void whenTimeIsUpAtEntryWorkIsInterruptedWhereItBlocksFirst(long millis) {
		AtomicBoolean started = new AtomicBoolean();
		AtomicBoolean cleaned = new AtomicBoolean();
		DeadlineScope scope = scope(millis);

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> scope.run(() -> {
			started.set(true);
			try {
				Interruptions.block();
			}
			finally {
				cleaned.set(true);
			}
		})).satisfies((ex) -> assertThat(ex.getBudget()).isZero());

		assertThat(started).isTrue();
		assertThat(cleaned).isTrue();
		assertThat(scope.isExpired()).isTrue();
	}

	@Test // B29
	void whenWorkSwallowsTheInterruptItsResultIsReturned() {
		DeadlineScope scope = scope(10);

		int result = scope.call((self) -> {
			this.timer.advance(Duration.ofMillis(10));
			try {
				return Interruptions.<Integer>block();
			}
			catch (InterruptedException ex) {
				return 42;
			}
		});

		assertThat(result).isEqualTo(42);
		assertThat(scope.isExpired()).isTrue();
	}

	@Test // B29
	void whenWorkRestoresTheFlagAndReturnsTheFlagIsClearAfterwards() {
		int result = scope(10).call((self) -> {
			this.timer.advance(Duration.ofMillis(10));
			try {
				return Interruptions.<Integer>block();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return 42;
			}
		});

		assertThat(result).isEqualTo(42);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test // B29
	void whenWorkNeverNoticesTheInterruptTheFlagIsClearAfterwards() {
		scope(10).run(() -> {
			this.timer.advance(Duration.ofMillis(10));
			assertThat(Thread.currentThread().isInterrupted()).isTrue();
		});

		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void whenTimerIsLateTheNextPieceOfWorkIsNotHit() {
		DeadlineScope scope = scope(10);

		scope.run(() -> this.timer.advanceUnnoticed(Duration.ofMillis(20)));
		this.timer.advance(Duration.ofMillis(20));

		assertThat(scope.isExpired()).isFalse();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void moveOnReturnsResultOfWorkInTime() throws Exception {
		DeadlineOutcome<@Nullable String> outcome = scope(10).moveOn((self) -> null);

		assertThat(outcome).isEqualTo(new DeadlineOutcome.Completed<@Nullable String>(null));
		assertThat(outcome.isExpired()).isFalse();
		assertThat(outcome.orElse("other")).isNull();
		assertThat(outcome.orElseThrow()).isNull();
	}

	@Test
	void moveOnIsQuietWhenWorkWasInterrupted() throws Exception {
		DeadlineOutcome<String> outcome = scope(10).moveOn((self) -> {
			this.timer.advance(Duration.ofMillis(10));
			return Interruptions.block();
		});

		assertThat(outcome).isInstanceOf(DeadlineOutcome.Expired.class);
		assertThat(outcome.isExpired()).isTrue();
		assertThat(outcome.orElse("other")).isEqualTo("other");
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(outcome::orElseThrow)
			.withMessageStartingWith("Scope 'work' exceeded its deadline");
	}

	@Test
	void moveOnThrowsWhatIsNotItsOwn() {
		DeadlineExceededException foreign = new DeadlineExceededException("other", Duration.ZERO, Duration.ZERO, null);

		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> Deadline.moveOnAfter(Duration.ofMinutes(1), () -> {
				throw foreign;
			}))
			.isSameAs(foreign);
	}

	@Test
	void callOfDeadlineEntersItOnTheCallingThread() throws Exception {
		Deadline deadline = Deadline.after(Duration.ofMillis(10), this.timer);

		assertThat(deadline.<Deadline>call("carried", Deadline::current)).isSameAs(deadline);
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> deadline.run("carried", () -> {
			this.timer.advance(Duration.ofMillis(10));
			Interruptions.block();
		})).satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("carried"));
	}

	@Test
	void checkedExceptionTypeIsInferredFromTheWork() {
		Deadline.within(Duration.ofMinutes(1), () -> "no checked exception, so nothing to catch");
		Deadline.within("named", Duration.ofMinutes(1), (scope) -> scope.getName());
		try {
			Deadline.within("named", Duration.ofMinutes(1), () -> {
				throw new IOException("checked");
			});
		}
		catch (IOException ex) {
			assertThat(ex).hasMessage("checked");
		}
	}

	@Test
	void scopeInsideUsesTheTimerOfTheScopeOutside() {
		scope(10).run(() -> {
			Deadline.within(Duration.ofMillis(5), () -> {
				assertThat(this.timer.armed()).isEqualTo(2);
				assertThat(Deadline.current().remaining()).hasMillis(5);
			});
			assertThat(this.timer.armed()).isOne();
		});
	}

	@Test
	void whenTimerCannotScheduleNothingIsLeftAndWorkDoesNotRun() {
		OutOfMemoryError failure = new OutOfMemoryError("unable to create native thread");
		DeadlineScope scope = DeadlineScope.of("work", Deadline.after(Duration.ofMillis(10), new DeadlineTimer() {

			@Override
			public long nanoTime() {
				return 0;
			}

			@Override
			public int armed() {
				return 0;
			}

			@Override
			public DeadlineTimer.Timeout schedule(long delayNanos, Runnable expiry) {
				throw failure;
			}

		}));

		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> scope.run(() -> {
			throw new AssertionError("Work must not run");
		})).isSameAs(failure);

		assertThat(Deadline.current()).isSameAs(Deadline.none());
	}

	private DeadlineScope scope(long millis) {
		return DeadlineScope.of("work", Deadline.after(Duration.ofMillis(millis), this.timer));
	}

	@SuppressWarnings("try") // to be interrupted while closing is the point
	private static final class BlockingResource implements AutoCloseable {

		@Override
		public void close() throws InterruptedException {
			Interruptions.block();
		}

	}

}
