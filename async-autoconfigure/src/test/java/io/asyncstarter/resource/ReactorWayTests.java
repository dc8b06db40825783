package io.asyncstarter.resource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what the documentation says of {@link ResourceScope} and of
 * {@code Mono.usingWhen} beside it.
 */
@Timeout(60)
class ReactorWayTests {

	private final List<String> events = new ArrayList<>();

	@Test
	void whenWorkSucceedsThenBothReleaseInReverse() {
		ResourceScope.run((scope) -> {
			scope.use("a", this::release);
			scope.use("b", this::release);
			this.events.add("work");
		});
		assertThat(this.events).containsExactly("work", "release b", "release a");
		this.events.clear();

		StepVerifier.create(nested(Mono.fromCallable(() -> this.events.add("work")))).expectNext(true).verifyComplete();

		assertThat(this.events).containsExactly("work", "release b", "release a");
	}

	@Test
	void whenWorkFailsThenBothReleaseInReverseAndTellTheFailure() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> ResourceScope.<IOException>run((scope) -> {
			scope.use("a", this::release);
			scope.use("b", this::release);
			throw new IOException("work");
		})).withMessage("work");
		assertThat(this.events).containsExactly("release b", "release a");
		this.events.clear();

		StepVerifier.create(nested(Mono.error(new IOException("work")))).verifyErrorMessage("work");

		assertThat(this.events).containsExactly("release b", "release a");
	}

	@Test
	void whenWorkIsCancelledThenBothReleaseInReverse() {
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> ResourceScope.<InterruptedException>run((scope) -> {
				scope.use("a", this::release);
				scope.use("b", this::release);
				new CountDownLatch(1).await();
			}));
		assertThat(this.events).containsExactly("release b", "release a");
		this.events.clear();

		nested(Mono.never()).subscribe().dispose();

		assertThat(this.events).containsExactly("release b", "release a");
	}

	@Test
	void whenResourceCannotBeAcquiredThenBothReleaseTheEarlierOnes() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> ResourceScope.<Exception>run((scope) -> {
			scope.use("a", this::release);
			scope.<String>acquire(() -> {
				throw new IOException("no b");
			}, this::release);
		}));
		assertThat(this.events).containsExactly("release a");
		this.events.clear();

		Mono<String> work = Mono.usingWhen(Mono.just("a"), (a) -> Mono
			.usingWhen(Mono.<String>error(new IOException("no b")), (b) -> Mono.just("work"), this::releaseLater),
				this::releaseLater);
		StepVerifier.create(work).verifyErrorMessage("no b");

		assertThat(this.events).containsExactly("release a");
	}

	@Test
	void whenWorkAndReleaseFailThenTheScopeThrowsTheOneAndUsingWhenTheOther() {
		IOException failure = new IOException("work");
		IllegalStateException releaseFailure = new IllegalStateException("release");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> ResourceScope.<IOException>run((scope) -> {
			scope.defer(() -> {
				throw releaseFailure;
			});
			throw failure;
		})).satisfies((ex) -> assertThat(ex).isSameAs(failure).hasSuppressedException(releaseFailure));

		Mono<String> work = Mono.usingWhen(Mono.just("a"), (a) -> Mono.<String>error(failure),
				(a) -> Mono.error(releaseFailure));

		StepVerifier.create(work).verifyErrorSatisfies((ex) -> {
			assertThat(ex).hasCause(releaseFailure);
			assertThat(ex.getSuppressed()).contains(failure);
		});
	}

	@Test
	void usingWhenKnowsTheWayOut() {
		usingWhen(Mono.just("value")).block();
		usingWhen(Mono.<String>error(new IOException("work"))).onErrorComplete().block();
		usingWhen(Mono.<String>never()).subscribe().dispose();

		assertThat(this.events).containsExactly("completion", "error: work", "cancellation");
	}

	@Test
	void usingWhenCompletesWhenTheReleaseDoes() {
		Sinks.Empty<Void> release = Sinks.empty();
		Mono<String> work = Mono.usingWhen(Mono.just("a"), (a) -> Mono.just("value"),
				(a) -> release.asMono().doOnSuccess((nothing) -> this.events.add("released")));

		StepVerifier.create(work.doOnNext(this.events::add))
			.expectSubscription()
			.then(release::tryEmitEmpty)
			.expectNext("value")
			.verifyComplete();

		assertThat(this.events).containsExactly("released", "value");
	}

	@Test
	void whenUsingWhenIsCancelledThenNobodyWaitsForTheRelease() {
		Sinks.Empty<Void> release = Sinks.empty();
		Disposable chain = Mono
			.usingWhen(Mono.just("a"), (a) -> Mono.never(),
					(a) -> release.asMono().doOnSuccess((nothing) -> this.events.add("released")))
			.subscribe();

		chain.dispose();

		assertThat(chain.isDisposed()).isTrue();
		assertThat(this.events).isEmpty();
		release.tryEmitEmpty().orThrow();
		assertThat(this.events).containsExactly("released");
	}

	@Test
	void whenTheTimeLimitIsInsideOfUsingWhenThenTheReleaseIsWaitedFor() {
		Sinks.Empty<Void> limit = Sinks.empty();
		Sinks.Empty<Void> release = Sinks.empty();
		Mono<String> work = Mono.usingWhen(Mono.just("a"), (a) -> Mono.<String>never().timeout(limit.asMono()),
				(a) -> release.asMono().doOnSuccess((nothing) -> this.events.add("released")));

		StepVerifier.create(work.doOnError((ex) -> this.events.add("told")))
			.expectSubscription()
			.then(limit::tryEmitEmpty)
			.then(release::tryEmitEmpty)
			.verifyError(TimeoutException.class);

		assertThat(this.events).containsExactly("released", "told");
	}

	@Test
	void whenTheTimeLimitIsAroundUsingWhenThenTheReleaseIsNotWaitedFor() {
		Sinks.Empty<Void> limit = Sinks.empty();
		Sinks.Empty<Void> release = Sinks.empty();
		Mono<String> work = Mono.usingWhen(Mono.just("a"), (a) -> Mono.<String>never(),
				(a) -> release.asMono().doOnSuccess((nothing) -> this.events.add("released")));

		StepVerifier.create(work.timeout(limit.asMono()).doOnError((ex) -> this.events.add("told")))
			.expectSubscription()
			.then(limit::tryEmitEmpty)
			.verifyError(TimeoutException.class);

		assertThat(this.events).containsExactly("told");
	}

	private <T> Mono<T> nested(Mono<T> work) {
		return Mono.usingWhen(Mono.just("a"), (a) -> Mono.usingWhen(Mono.just("b"), (b) -> work, this::releaseLater),
				this::releaseLater);
	}

	private Mono<String> usingWhen(Mono<String> work) {
		return Mono.usingWhen(Mono.just("a"), (a) -> work, (a) -> told("completion"),
				(a, failure) -> told("error: " + failure.getMessage()), (a) -> told("cancellation"));
	}

	private Mono<Void> told(String event) {
		return Mono.fromRunnable(() -> this.events.add(event));
	}

	private Mono<Void> releaseLater(String resource) {
		return Mono.fromRunnable(() -> release(resource));
	}

	private void release(String resource) {
		this.events.add("release " + resource);
	}

}
