package io.asyncstarter.deadline;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DeadlineThreadLocalAccessor}.
 */
@ExtendWith(Interruptions.class)
@Timeout(30)
class DeadlineThreadLocalAccessorTests {

	private static final ContextSnapshotFactory SNAPSHOTS = ContextSnapshotFactory.builder().clearMissing(true).build();

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	@AfterEach
	void nothingIsArmed() {
		assertThat(this.timer.armed()).isZero();
	}

	@Test
	void accessorIsRegistered() {
		assertThat(ContextRegistry.getInstance().getThreadLocalAccessors())
			.filteredOn((accessor) -> accessor.key().equals(DeadlineThreadLocalAccessor.KEY))
			.hasOnlyElementsOfType(DeadlineThreadLocalAccessor.class)
			.hasSize(1);
	}

	@Test
	void deadlineTravelsToAnotherThreadAndIsClearedThere() throws Exception {
		Deadline deadline = after(10);
		ContextSnapshot snapshot = captureInside(deadline);

		CompletableFuture.runAsync(() -> {
			try (ContextSnapshot.Scope scope = snapshot.setThreadLocals()) {
				assertThat(scope).isNotNull();
				assertThat(Deadline.current()).isSameAs(deadline);
			}
			assertThat(CurrentBound.get()).isNull();
		}).get(10, TimeUnit.SECONDS);
	}

	@Test
	void deadlineThatWasCarriedInterruptsNobody() {
		ContextSnapshot snapshot = captureInside(after(10));

		try (ContextSnapshot.Scope scope = snapshot.setThreadLocals()) {
			assertThat(scope).isNotNull();
			this.timer.advance(Duration.ofMillis(20));
			assertThat(Deadline.current().isExpired()).isTrue();
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		}
	}

	@Test
	void scopeInsideOfCarriedDeadlineInheritsAndEnforcesIt() {
		ContextSnapshot snapshot = captureInside(after(10));

		try (ContextSnapshot.Scope scope = snapshot.setThreadLocals()) {
			assertThat(scope).isNotNull();
			assertThatExceptionOfType(DeadlineExceededException.class)
				.isThrownBy(() -> Deadline.within("inner", Duration.ofMillis(100), () -> {
					assertThat(Deadline.current().remaining()).hasMillis(10);
					this.timer.advance(Duration.ofMillis(10));
					Interruptions.block();
				}))
				.satisfies((ex) -> assertThat(ex.getBudget()).hasMillis(10));
		}
	}

	@Test
	void unboundedScopeInsideOfCarriedDeadlineCannotEscapeItByReschedulingEither() {
		ContextSnapshot snapshot = captureInside(after(10));

		try (ContextSnapshot.Scope scope = snapshot.setThreadLocals()) {
			assertThat(scope).isNotNull();
			assertThatExceptionOfType(DeadlineExceededException.class)
				.isThrownBy(() -> DeadlineScope.of("inner", Deadline.none()).call((self) -> {
					self.reschedule(Duration.ofMillis(100));
					self.disable();
					this.timer.advance(Duration.ofMillis(10));
					return Interruptions.block();
				}));
		}
	}

	@Test
	void nestedSnapshotsAreRestoredExactly() {
		Deadline first = after(10);
		Deadline second = after(20);
		ContextSnapshot outer = captureInside(first);
		ContextSnapshot inner = captureInside(second);
		ContextSnapshot empty = SNAPSHOTS.captureAll();

		try (ContextSnapshot.Scope scope = outer.setThreadLocals()) {
			assertThat(scope).isNotNull();
			try (ContextSnapshot.Scope nested = inner.setThreadLocals()) {
				assertThat(nested).isNotNull();
				assertThat(Deadline.current()).isSameAs(second);
				try (ContextSnapshot.Scope cleared = empty.setThreadLocals()) {
					assertThat(cleared).isNotNull();
					assertThat(Deadline.current()).isSameAs(Deadline.none());
				}
				assertThat(Deadline.current()).isSameAs(second);
			}
			assertThat(Deadline.current()).isSameAs(first);
		}
		assertThat(Deadline.current()).isSameAs(Deadline.none());
	}

	@Test
	void carriedDeadlineOnlyShortensWhatAScopeOnTheThreadAllows() {
		ContextSnapshot shorter = captureInside(after(5));
		ContextSnapshot longer = captureInside(after(50));

		DeadlineScope.of("work", after(10)).call((self) -> {
			Deadline own = Deadline.current();
			try (ContextSnapshot.Scope scope = shorter.setThreadLocals()) {
				assertThat(scope).isNotNull();
				assertThat(Deadline.current().remaining()).hasMillis(5);
			}
			assertThat(Deadline.current()).isSameAs(own);
			try (ContextSnapshot.Scope scope = longer.setThreadLocals()) {
				assertThat(scope).isNotNull();
				assertThat(Deadline.current()).isSameAs(own);
			}
			assertThat(Deadline.current()).isSameAs(own);
			return null;
		});
	}

	@Test
	void clearingInsideOfAScopeLeavesTheScopeAsItIs() {
		ContextSnapshot empty = SNAPSHOTS.captureAll();
		DeadlineScope work = DeadlineScope.of("work", after(10));

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> work.run(() -> {
			try (ContextSnapshot.Scope scope = empty.setThreadLocals()) {
				assertThat(scope).isNotNull();
				assertThat(Deadline.current().remaining()).hasMillis(10);
				this.timer.advance(Duration.ofMillis(10));
				Interruptions.block();
			}
		})).satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("work"));
	}

	@Test
	void whatWasCarriedBeforeAScopeIsThereAgainAfterIt() {
		Deadline carried = after(50);
		ContextSnapshot outer = captureInside(carried);
		ContextSnapshot inner = captureInside(after(5));

		try (ContextSnapshot.Scope scope = outer.setThreadLocals()) {
			assertThat(scope).isNotNull();
			Deadline.within("work", Duration.ofMillis(10), () -> {
				try (ContextSnapshot.Scope nested = inner.setThreadLocals()) {
					assertThat(nested).isNotNull();
				}
				assertThat(Deadline.current().remaining()).hasMillis(10);
			});
			assertThat(Deadline.current()).isSameAs(carried);
		}
	}

	@Test
	void whatIsCarriedInsideOfAScopeIsGoneWhenTheScopeIsLeft() {
		DeadlineThreadLocalAccessor accessor = new DeadlineThreadLocalAccessor();

		DeadlineScope.of("work", after(10)).run(() -> accessor.setValue(after(5)));

		assertThat(accessor.getValue()).isNull();
	}

	@Test
	void carryingNoneIsCarryingNothing() {
		DeadlineThreadLocalAccessor accessor = new DeadlineThreadLocalAccessor();

		accessor.setValue(Deadline.none());

		assertThat(CurrentBound.get()).isNull();
		assertThat(accessor.getValue()).isNull();
	}

	@Test
	void deadlineTravelsThroughReactor() {
		Deadline deadline = after(10);

		Deadline seen = DeadlineScope.of("work", deadline)
			.call((self) -> Mono.just("item")
				.publishOn(Schedulers.boundedElastic())
				.<Deadline>handle((item, sink) -> sink.next(Deadline.current()))
				.contextCapture()
				.block());

		assertThat(seen).isSameAs(deadline);
	}

	private ContextSnapshot captureInside(Deadline deadline) {
		return DeadlineScope.of("captured", deadline).call((self) -> SNAPSHOTS.captureAll());
	}

	private Deadline after(long millis) {
		return Deadline.after(Duration.ofMillis(millis), this.timer);
	}

}
