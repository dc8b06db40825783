package io.asyncstarter.policy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineThreadLocalAccessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Policy} that are about no pair of strategies.
 */
@Timeout(60)
class PolicyTests {

	private final PolicyFixture fixture = new PolicyFixture();

	@ParameterizedTest
	@EnumSource
	void policyWithoutStrategiesPassesEverythingOn(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().build();

		assertThat(shape.start(policy, () -> PolicyFixture.ok("value")).value()).isEqualTo("value");
		assertThat(shape.start(policy, () -> WorkFailures.failed("failure")).failure()).isInstanceOf(IOException.class)
			.hasMessage("failure");
		assertThat(policy.getCount(PolicyEventKind.SUCCEEDED)).isOne();
		assertThat(policy.getCount(PolicyEventKind.FAILED)).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void supplierThatThrowsIsAFailedAttempt(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().retry((retry) -> retry.maxAttempts(2).backoff(Duration.ZERO)).build();
		List<String> attempts = new ArrayList<>();

		CallInFlight call = shape.start(policy, () -> {
			attempts.add("attempt");
			throw new IllegalStateException("thrown");
		});

		assertThat(call.failure()).hasMessage("thrown");
		assertThat(attempts).hasSize(2);
	}

	@ParameterizedTest
	@EnumSource
	void fallbackThatFailsKeepsTheFirstFailure(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().build();

		CallInFlight call = shape.start(policy, null, () -> WorkFailures.failed("first"), (failure) -> {
			throw new IOException("fallback");
		});

		assertThat(call.failure()).hasMessage("fallback")
			.satisfies((failure) -> assertThat(failure.getSuppressed()).singleElement()
				.extracting(Throwable::getMessage)
				.isEqualTo("first"));
		assertThat(policy.getCount(PolicyEventKind.FALLBACK_FAILED)).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void fallbackOfThePolicyAnswersCallsOfEveryShape(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy().fallback((failure) -> "degraded").build();

		assertThat(shape.start(policy, () -> WorkFailures.failed("x")).value()).isEqualTo("degraded");
	}

	@Test
	void nullIsAResult() throws Exception {
		Policy policy = this.fixture.policy().circuitBreaker((breaker) -> breaker.window(1)).build();

		assertThat(policy.<Object>call(() -> null)).isNull();
		policy.run(() -> {
		});
		assertThat(policy.stage(() -> CompletableFuture.completedFuture(null)).get()).isNull();
		assertThat(policy.mono(Mono.empty()).blockOptional()).isEmpty();
		assertThat(policy.flux(Flux.empty()).collectList().block()).isEmpty();
		assertThat(policy.getCount(PolicyEventKind.SUCCEEDED)).isEqualTo(5);
	}

	@Test
	void monoUnderAPolicyMakesACallOfEachSubscription() {
		Policy policy = this.fixture.policy().build();
		Mono<String> mono = policy.mono(() -> Mono.just("x"));

		assertThat(policy.getCount(PolicyEventKind.SUCCEEDED)).isZero();
		mono.block();
		mono.block();
		assertThat(policy.getCount(PolicyEventKind.SUCCEEDED)).isEqualTo(2);
	}

	@Test
	void streamKeepsToTheDemand() {
		Policy policy = this.fixture.policy().retry((retry) -> retry.maxAttempts(2).backoff(Duration.ZERO)).build();
		TestPublisher<Integer> first = TestPublisher.create();
		TestPublisher<Integer> second = TestPublisher.create();
		List<TestPublisher<Integer>> publishers = new ArrayList<>(List.of(first, second));

		StepVerifier.create(policy.flux(() -> publishers.removeFirst()), 1)
			.then(() -> first.assertMinRequested(1).error(new IOException()))
			.then(() -> second.assertMinRequested(1).next(1))
			.expectNext(1)
			.thenRequest(2)
			.then(() -> second.next(2, 3).complete())
			.expectNext(2, 3)
			.verifyComplete();
		assertThat(policy.getCount(PolicyEventKind.SUCCEEDED)).isOne();
	}

	@Test
	void streamIsNotRepeatedOnceAnElementWasPassedOn() {
		Policy policy = this.fixture.policy()
			.retry((retry) -> retry.maxAttempts(3).backoff(Duration.ZERO))
			.fallback((failure) -> 9)
			.build();

		StepVerifier.create(policy.flux(() -> Flux.just(1).concatWith(Mono.error(new IOException("later")))))
			.expectNext(1)
			.verifyErrorMessage("later");
		assertThat(policy.getCount(PolicyEventKind.RETRIED)).isZero();
	}

	@Test
	void streamHoldsItsPermitUntilItEndsOrIsCancelled() {
		Policy policy = this.fixture.policy().bulkhead(1, Duration.ZERO).build();
		FairBulkhead bulkhead = policy.getBulkhead().orElseThrow();

		StepVerifier.create(policy.flux(Flux.concat(Flux.just(1, 2), Flux.never())), 1)
			.expectNext(1)
			.then(() -> assertThat(bulkhead.getInFlightCount()).isOne())
			.thenCancel()
			.verify();
		assertThat(bulkhead.getInFlightCount()).isZero();
	}

	@Test
	void firstElementWinsAHedgedStream() {
		Policy policy = this.fixture.policy().hedge(Duration.ofSeconds(1), 1).build();
		TestPublisher<String> first = TestPublisher.create();
		TestPublisher<String> second = TestPublisher.create();
		List<TestPublisher<String>> publishers = new ArrayList<>(List.of(first, second));

		StepVerifier.create(policy.flux(() -> publishers.removeFirst()))
			.then(() -> this.fixture.advance(1000))
			.then(() -> second.next("a"))
			.expectNext("a")
			.then(() -> {
				first.assertCancelled();
				second.next("b").complete();
			})
			.expectNext("b")
			.verifyComplete();
		assertThat(policy.getCount(PolicyEventKind.SUCCEEDED)).isOne();
	}

	@Test
	void otherReactiveTypesAreAdapted() throws Exception {
		Policy policy = this.fixture.policy().retry((retry) -> retry.maxAttempts(2).backoff(Duration.ZERO)).build();
		List<String> attempts = new ArrayList<>();

		Flow.Publisher<?> publisher = policy.reactive(Flow.Publisher.class, null, () -> {
			attempts.add("attempt");
			return JdkFlowAdapter
				.publisherToFlowPublisher((attempts.size() == 1) ? Flux.error(new IOException()) : Flux.just("a", "b"));
		}, null);
		CompletableFuture<?> future = policy.reactive(CompletableFuture.class, null, () -> PolicyFixture.ok("c"), null);

		assertThat(JdkFlowAdapter.flowPublisherToFlux(publisher).map(Object::toString).collectList().block())
			.containsExactly("a", "b");
		assertThat(future.get(10, TimeUnit.SECONDS)).isEqualTo("c");
		assertThatIllegalArgumentException().isThrownBy(() -> policy.reactive(String.class, null, () -> "x", null));
	}

	@Test
	void deadlineGoesAlongInReactorsContextAndIntoStages() throws Exception {
		Policy policy = this.fixture.policy().deadline(Duration.ofSeconds(2)).timeout(Duration.ofSeconds(1)).build();

		Long inMono = policy
			.mono(() -> Mono
				.deferContextual((context) -> Mono.just(context.<Deadline>get(DeadlineThreadLocalAccessor.KEY))))
			.map(Deadline::remainingNanos)
			.block();
		Long inStage = policy.stage(() -> CompletableFuture.completedFuture(Deadline.current().remainingNanos())).get();

		assertThat(inMono).isEqualTo(Duration.ofSeconds(1).toNanos());
		assertThat(inStage).isEqualTo(Duration.ofSeconds(1).toNanos());
		this.fixture.awaitArmed(0);
	}

	@Test
	void completingAFutureOtherwiseCancelsTheWork() {
		Policy policy = this.fixture.policy().bulkhead(1, Duration.ZERO).build();
		CompletableFuture<String> future = policy.stage(this.fixture.pending());

		future.complete("otherwise");

		assertThat(this.fixture.attempts.getFirst()).isCancelled();
		assertThat(policy.getBulkhead().orElseThrow().getInFlightCount()).isZero();
		assertThat(policy.getCount(PolicyEventKind.CANCELLED)).isOne();
	}

	@Test
	void cancelledFutureSaysSo() {
		CompletableFuture<String> future = this.fixture.policy().build().stage(this.fixture.pending());

		assertThat(future.cancel(true)).isTrue();

		assertThatExceptionOfType(CancellationException.class).isThrownBy(future::join);
		assertThat(this.fixture.attempts.getFirst()).isCancelled();
	}

	@Test
	void breakerLivesInTheRegistryAndIsForcedOpenAndReset() throws Exception {
		CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();
		this.fixture.environment.circuitBreakers(registry);
		Policy policy = this.fixture.policy()
			.circuitBreaker((breaker) -> breaker.failureRate(50).window(4).minCalls(2).openFor(Duration.ofSeconds(5)))
			.build();
		CircuitBreaker breaker = registry.circuitBreaker("test");
		assertThat(policy.getCircuitBreaker()).containsSame(breaker);

		breaker.transitionToForcedOpenState();
		assertThatExceptionOfType(CircuitBreakerOpenException.class).isThrownBy(() -> policy.call(() -> "no"))
			.satisfies((failure) -> assertThat(failure.getState()).isEqualTo(CircuitBreaker.State.FORCED_OPEN));
		breaker.reset();

		assertThat(policy.<String>call(() -> "yes")).isEqualTo("yes");
	}

	@Test
	void breakerOpensForItsTime() throws Exception {
		Policy policy = this.fixture.policy()
			.circuitBreaker((breaker) -> breaker.window(2).minCalls(2).openFor(Duration.ofSeconds(5)).halfOpenCalls(1))
			.build();
		for (int i = 0; i < 2; i++) {
			CallShape.MONO.start(policy, () -> WorkFailures.failed("x")).failure();
		}
		assertThat(CallShape.MONO.start(policy, () -> PolicyFixture.ok("x")).failure())
			.isInstanceOf(CircuitBreakerOpenException.class);
		this.fixture.advance(5001);

		assertThat(policy.<String>call(() -> "trial")).isEqualTo("trial");
		assertThat(policy.getCircuitBreaker().orElseThrow().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
	}

	@Test
	void breakerThatIsThereKeepsItsConfiguration() {
		CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();
		registry.circuitBreaker("test", CircuitBreakerConfig.custom().slidingWindowSize(7).build());
		this.fixture.environment.circuitBreakers(registry);

		Policy policy = this.fixture.policy().circuitBreaker((breaker) -> breaker.window(99)).build();

		assertThat(policy.getCircuitBreaker().orElseThrow().getCircuitBreakerConfig().getSlidingWindowSize())
			.isEqualTo(7);
	}

	@ParameterizedTest
	@EnumSource
	void breakerRecordsAndIgnoresByType(CallShape shape) throws Exception {
		Policy policy = this.fixture.policy()
			.circuitBreaker((breaker) -> breaker.window(10)
				.record(IOException.class, IllegalStateException.class)
				.ignore(IllegalStateException.class))
			.build();

		shape.start(policy, () -> WorkFailures.failed("counts")).failure();
		shape.start(policy, () -> CompletableFuture.failedFuture(new IllegalStateException("ignored"))).failure();
		shape.start(policy, () -> CompletableFuture.failedFuture(new IllegalArgumentException("fine"))).failure();

		CircuitBreaker.Metrics metrics = policy.getCircuitBreaker().orElseThrow().getMetrics();
		assertThat(metrics.getNumberOfFailedCalls()).isOne();
		assertThat(metrics.getNumberOfSuccessfulCalls()).isOne();
	}

	@Test
	void listenersAreToldAndTheirFailuresChangeNothing() throws Exception {
		Policy policy = this.fixture.policy().retry((retry) -> retry.maxAttempts(2).backoff(Duration.ZERO)).build();
		List<PolicyEvent> told = new ArrayList<>();
		policy.addListener((event) -> {
			throw new IllegalStateException("listener");
		});
		policy.addListener(told::add);

		CallShape.MONO.start(policy, this.fixture.ending(WorkFailures.failed("first"), PolicyFixture.ok("second")))
			.value();

		assertThat(told).singleElement().satisfies((event) -> {
			assertThat(event.policyName()).isEqualTo("test");
			assertThat(event.kind()).isEqualTo(PolicyEventKind.RETRIED);
			assertThat(event.attempt()).isOne();
			assertThat(event.failure()).hasMessage("first");
		});
		assertThat(this.fixture.events).containsExactly(PolicyEventKind.RETRIED, PolicyEventKind.SUCCEEDED);
	}

	@Test
	void settingsInheritComponentByComponent() {
		PolicySettings base = new PolicySettings(Duration.ofSeconds(5), Duration.ofSeconds(1),
				RetrySettings.builder().maxAttempts(4).jitter(Jitter.EQUAL).build(), new HedgeSettings(null, 2),
				CircuitBreakerSettings.builder().window(50).build(), "limiter",
				new BulkheadSettings(50, Duration.ofMillis(100)), "io");
		PolicySettings child = new PolicySettings(null, Duration.ofSeconds(2),
				RetrySettings.builder().maxAttempts(2).build(), null, null, null, new BulkheadSettings(10, null, null),
				null)
			.withParent(base);

		assertThat(child.deadline()).isEqualTo(Duration.ofSeconds(5));
		assertThat(child.timeout()).isEqualTo(Duration.ofSeconds(2));
		assertThat(child.retry()).isEqualTo(RetrySettings.builder().maxAttempts(2).jitter(Jitter.EQUAL).build());
		assertThat(child.bulkhead()).isEqualTo(new BulkheadSettings(10, Duration.ofMillis(100)));
		assertThat(child.hedge()).isEqualTo(base.hedge());
		assertThat(child.rateLimiter()).isEqualTo("limiter");
		assertThat(PolicySettings.NONE.withParent(base)).isEqualTo(base);
	}

	@Test
	void wrongSettingsAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.fixture.policy().timeout(Duration.ZERO))
			.withMessage("'timeout' must be more than zero but was PT0S");
		assertThatIllegalArgumentException().isThrownBy(() -> this.fixture.policy().bulkhead(0, Duration.ZERO));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.fixture.policy().circuitBreaker((breaker) -> breaker.failureRate(101)));
		assertThatIllegalArgumentException().isThrownBy(() -> this.fixture.policy().hedge(Duration.ofSeconds(1), 0));
	}

}
