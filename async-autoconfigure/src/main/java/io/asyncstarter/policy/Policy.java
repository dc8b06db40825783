package io.asyncstarter.policy;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.retry.Retry;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.util.Assert;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A named set of strategies around calls, put together once. The order is fixed: <pre>
 * fallback( deadline( retry( hedge( circuit-breaker( rate-limiter( bulkhead( timeout( call ) ) ) ) ) ) ) )
 * </pre> So each attempt asks the breaker first (an open breaker spends no token), then
 * pays a token, then takes a permit; no permit is held during a backoff. A rejection by
 * limiter, bulkhead or executor gives the breaker's permission back uncounted, and so
 * does a cancellation of the work, be it by its caller, by the deadline or because
 * another hedged attempt won. What is absent costs nothing.
 * <p>
 * The same policy serves calls that return a value, on the caller's thread, and calls
 * that return a {@link CompletionStage}, a {@link Mono}, a {@link Flux} or another
 * reactive type. The latter never park a thread, and hold their permit until the result
 * is there or they are cancelled. Both wait in the same lines.
 *
 * <h2>Failures</h2> A call fails with what its last attempt failed with, earlier failures
 * being suppressed in it: with what the work threw, an {@link AttemptTimeoutException}, a
 * {@link PolicyRejectedException}, a
 * {@link org.springframework.core.task.TaskRejectedException} of the executor, or a
 * {@link io.asyncstarter.deadline.DeadlineExceededException} that bears the policy's
 * name.
 *
 * <h2>Interruption and cancellation</h2> All waits of a call that returns a value end
 * with an {@link InterruptedException} when the thread is interrupted. Nothing is retried
 * and no fallback is asked after an interrupt or a cancellation. Cancelling a future or a
 * subscription cancels the work, or the wait.
 * <p>
 * Without Reactor on the class path, all methods but those that speak of its types work;
 * but reflection over this class does not, so do not make it a bean of its own then.
 * Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class Policy {

	private final PolicySettings settings;

	private final Pipeline pipeline;

	private final PolicyEvents events;

	private final SyncPipeline sync;

	private final StagePipeline stages;

	private final @Nullable Executor resumer;

	private final @Nullable Recovery<?> fallback;

	private final @Nullable Repeatability repeatability;

	Policy(String name, PolicySettings settings, PolicyEnvironment environment, @Nullable Recovery<?> fallback) {
		this.settings = settings;
		this.events = new PolicyEvents(name, environment.listeners());
		this.pipeline = new Pipeline(name, settings, environment, this.events);
		this.sync = new SyncPipeline(this.pipeline);
		this.resumer = environment.resumer();
		this.stages = new StagePipeline(this.pipeline, this.resumer);
		this.fallback = fallback;
		this.repeatability = null;
	}

	private Policy(Policy same, @Nullable Recovery<?> fallback, @Nullable Repeatability repeatability) {
		this.settings = same.settings;
		this.events = same.events;
		this.pipeline = same.pipeline;
		this.sync = same.sync;
		this.resumer = same.resumer;
		this.stages = same.stages;
		this.fallback = fallback;
		this.repeatability = repeatability;
	}

	/**
	 * Starts to build a policy.
	 * @param name the name
	 * @return the builder
	 */
	public static PolicyBuilder builder(String name) {
		return new PolicyBuilder(name);
	}

	/**
	 * Returns this policy for calls of which not everything may be repeated. It is the
	 * same policy, with the same state, limits and figures.
	 * @param repeatability what may be repeated
	 * @return the policy for such calls
	 */
	public Policy repeating(Repeatability repeatability) {
		Assert.notNull(repeatability, "'repeatability' must not be null");
		return new Policy(this, this.fallback, repeatability);
	}

	/**
	 * Returns this policy for calls that its fallback cannot answer, since their results
	 * are of another type. It is the same policy, with the same state, limits and
	 * figures.
	 * @return the policy without its fallback
	 */
	public Policy withoutFallback() {
		return (this.fallback != null) ? new Policy(this, null, this.repeatability) : this;
	}

	/**
	 * Makes a call.
	 * @param <T> the type of the result
	 * @param work the work of each attempt
	 * @return the result
	 * @throws Exception if the call fails; see the type's description
	 */
	public <T extends @Nullable Object> T call(Callable<T> work) throws Exception {
		return call(null, work, null);
	}

	/**
	 * Makes a call that pays the tokens, and has the permits, of a key.
	 * @param <T> the type of the result
	 * @param key the key, or {@code null} for none
	 * @param work the work of each attempt
	 * @return the result
	 * @throws Exception if the call fails; see the type's description
	 */
	public <T extends @Nullable Object> T call(@Nullable Object key, Callable<T> work) throws Exception {
		return call(key, work, null);
	}

	/**
	 * Makes a call that has its own fallback.
	 * @param <T> the type of the result
	 * @param key the key, or {@code null} for none
	 * @param work the work of each attempt
	 * @param recovery what answers if the call fails, or {@code null} for the policy's
	 * fallback
	 * @return the result or the answer
	 * @throws Exception if the call fails and there is no answer
	 */
	@SuppressWarnings("unchecked") // the policy's fallback fits its calls
	public <T extends @Nullable Object> T call(@Nullable Object key, Callable<T> work,
			@Nullable Recovery<? extends T> recovery) throws Exception {
		Recovery<? extends T> answer = (recovery != null) ? recovery : (Recovery<? extends T>) this.fallback;
		ObservedCalls observed = this.pipeline.observed;
		if (observed != null) {
			return observed.call(work, (attempts) -> this.sync.call(key, attempts, answer, this.repeatability));
		}
		return this.sync.call(key, work, answer, this.repeatability);
	}

	/**
	 * Makes a call without a result.
	 * @param work the work of each attempt
	 * @throws Exception if the call fails; see the type's description
	 */
	public void run(Runnable work) throws Exception {
		run(null, work);
	}

	/**
	 * Makes a call without a result that pays the tokens, and has the permits, of a key.
	 * @param key the key, or {@code null} for none
	 * @param work the work of each attempt
	 * @throws Exception if the call fails; see the type's description
	 */
	public void run(@Nullable Object key, Runnable work) throws Exception {
		call(key, Executors.callable(work), null);
	}

	/**
	 * Makes a call that returns a stage. This method does not block and does not throw:
	 * failures are those of the future.
	 * @param <T> the type of the result
	 * @param supplier starts the work of an attempt. A stage is cancelled by cancelling
	 * its {@link CompletionStage#toCompletableFuture() future}
	 * @return the future; cancelling it, or completing it otherwise, cancels the call
	 */
	public <T extends @Nullable Object> CompletableFuture<T> stage(Supplier<? extends CompletionStage<T>> supplier) {
		return stage(null, supplier, null);
	}

	/**
	 * Makes a call that returns a stage and pays the tokens, and has the permits, of a
	 * key.
	 * @param <T> the type of the result
	 * @param key the key, or {@code null} for none
	 * @param supplier starts the work of an attempt
	 * @return the future; cancelling it, or completing it otherwise, cancels the call
	 */
	public <T extends @Nullable Object> CompletableFuture<T> stage(@Nullable Object key,
			Supplier<? extends CompletionStage<T>> supplier) {
		return stage(key, supplier, null);
	}

	/**
	 * Makes a call that returns a stage and has its own fallback.
	 * @param <T> the type of the result
	 * @param key the key, or {@code null} for none
	 * @param supplier starts the work of an attempt
	 * @param recovery starts what answers if the call fails, or {@code null} for the
	 * policy's fallback
	 * @return the future; cancelling it, or completing it otherwise, cancels the call
	 */
	public <T extends @Nullable Object> CompletableFuture<T> stage(@Nullable Object key,
			Supplier<? extends CompletionStage<T>> supplier,
			@Nullable Recovery<? extends CompletionStage<T>> recovery) {
		Recovery<? extends CompletionStage<T>> answer = (recovery != null) ? recovery : Fallbacks.stage(this.fallback);
		ObservedCalls observed = this.pipeline.observed;
		if (observed != null) {
			return observed.stage(supplier, (attempts) -> this.stages.call(key, attempts, answer, this.repeatability));
		}
		return this.stages.call(key, supplier, answer, this.repeatability);
	}

	/**
	 * Puts a mono under this policy. Each subscription is a call, each attempt a
	 * subscription to the mono.
	 * @param <T> the type of the element
	 * @param mono the work of each attempt
	 * @return the mono under this policy
	 */
	public <T> Mono<T> mono(Mono<? extends T> mono) {
		return mono(null, () -> mono, null);
	}

	/**
	 * Returns a mono whose attempts each make a mono of their own.
	 * @param <T> the type of the element
	 * @param supplier makes the work of an attempt
	 * @return the mono under this policy
	 */
	public <T> Mono<T> mono(Supplier<? extends Mono<? extends T>> supplier) {
		return mono(null, supplier, null);
	}

	/**
	 * Returns a mono under this policy with a key and its own fallback.
	 * @param <T> the type of the element
	 * @param key the key, or {@code null} for none
	 * @param supplier makes the work of an attempt
	 * @param recovery makes what answers if the call fails, or {@code null} for the
	 * policy's fallback
	 * @return the mono under this policy
	 */
	public <T> Mono<T> mono(@Nullable Object key, Supplier<? extends Mono<? extends T>> supplier,
			@Nullable Recovery<? extends Publisher<? extends T>> recovery) {
		return reactive().mono(key, supplier,
				(recovery != null) ? recovery : ReactiveFallbacks.publisher(this.fallback));
	}

	/**
	 * Puts a stream under this policy. Each subscription is a call, each attempt a
	 * subscription to the stream. An attempt lasts, for its timeout and its permit, until
	 * the stream ends. Once an element was passed on, there are neither further attempts
	 * nor a fallback, since elements cannot be taken back.
	 * @param <T> the type of the elements
	 * @param flux the work of each attempt
	 * @return the stream under this policy
	 */
	public <T> Flux<T> flux(Flux<? extends T> flux) {
		return flux(null, ReactivePipeline.same(flux), null);
	}

	/**
	 * Returns a stream whose attempts each make a stream of their own; see
	 * {@link #flux(Flux)}.
	 * @param <T> the type of the elements
	 * @param supplier makes the work of an attempt
	 * @return the stream under this policy
	 */
	public <T> Flux<T> flux(Supplier<? extends Publisher<? extends T>> supplier) {
		return flux(null, supplier, null);
	}

	/**
	 * Returns a stream under this policy with a key and its own fallback; see
	 * {@link #flux(Flux)}.
	 * @param <T> the type of the elements
	 * @param key the key, or {@code null} for none
	 * @param supplier makes the work of an attempt
	 * @param recovery makes what answers if the call fails, or {@code null} for the
	 * policy's fallback
	 * @return the stream under this policy
	 */
	public <T> Flux<T> flux(@Nullable Object key, Supplier<? extends Publisher<? extends T>> supplier,
			@Nullable Recovery<? extends Publisher<? extends T>> recovery) {
		return reactive().flux(key, supplier,
				(recovery != null) ? recovery : ReactiveFallbacks.publisher(this.fallback));
	}

	/**
	 * Makes a call that returns any reactive type that Spring's
	 * {@link org.springframework.core.ReactiveAdapterRegistry} knows. Types of many
	 * elements are treated like a {@link #flux(Flux) flux}, others like a mono.
	 * @param <P> the reactive type
	 * @param type the reactive type
	 * @param key the key, or {@code null} for none
	 * @param supplier makes the work of an attempt
	 * @param recovery makes what answers if the call fails, or {@code null} for none
	 * @return the same under this policy
	 */
	public <P> P reactive(Class<P> type, @Nullable Object key, Supplier<? extends P> supplier,
			@Nullable Recovery<? extends P> recovery) {
		return reactive().adapted(type, key, supplier, recovery);
	}

	private ReactivePipeline reactive() {
		return new ReactivePipeline(this.pipeline, this.repeatability, this.resumer, this.pipeline.observed);
	}

	/**
	 * Returns the name of this policy.
	 * @return the name
	 */
	public String getName() {
		return this.pipeline.name;
	}

	/**
	 * Returns what this policy was built from. Later changes do not show here.
	 * @return the settings
	 */
	public PolicySettings getSettings() {
		return this.settings;
	}

	/**
	 * Returns how long a call may take.
	 * @return the time, or empty if there is no limit
	 */
	public Optional<Duration> getDeadline() {
		return Optional.ofNullable(this.pipeline.deadline);
	}

	/**
	 * Changes how long a call may take, from the next call on.
	 * @param deadline the time, more than zero, or {@code null} for no limit
	 */
	public void setDeadline(@Nullable Duration deadline) {
		Settings.requirePositive("deadline", deadline);
		this.pipeline.deadline = deadline;
	}

	/**
	 * Returns how long the work of an attempt may take.
	 * @return the time, or empty if there is no limit
	 */
	public Optional<Duration> getTimeout() {
		return Optional.ofNullable(this.pipeline.timeout);
	}

	/**
	 * Changes how long the work of an attempt may take, from the next attempt on.
	 * @param timeout the time, more than zero, or {@code null} for no limit
	 */
	public void setTimeout(@Nullable Duration timeout) {
		Settings.requirePositive("timeout", timeout);
		this.pipeline.timeout = timeout;
	}

	/**
	 * Returns the bulkhead, whose limits may be changed.
	 * @return the bulkhead, or empty if there is none
	 */
	public Optional<FairBulkhead> getBulkhead() {
		return Optional.ofNullable(this.pipeline.bulkhead);
	}

	/**
	 * Returns the rate limiter, whose rate may be changed for all who share it.
	 * @return the rate limiter, or empty if there is none
	 */
	public Optional<RateLimiter> getRateLimiter() {
		return Optional.ofNullable(this.pipeline.limiter);
	}

	/**
	 * Returns the circuit breaker, whose state may be changed, for example by
	 * {@link CircuitBreaker#transitionToForcedOpenState()} and
	 * {@link CircuitBreaker#reset()}.
	 * @return the circuit breaker, or empty if there is none
	 */
	public Optional<CircuitBreaker> getCircuitBreaker() {
		return Optional.ofNullable(this.pipeline.breaker);
	}

	/**
	 * Returns the retries as Resilience4j knows them: their figures and events.
	 * @return the retries, or empty if there are none
	 */
	public Optional<Retry> getRetry() {
		return Optional.ofNullable(this.pipeline.retry).map(RetryStrategy::view);
	}

	/**
	 * Returns how many retries the budget has left now.
	 * @return the number, or empty if there is no budget
	 */
	public OptionalDouble getRetryBudget() {
		RetryStrategy retry = this.pipeline.retry;
		RetryBudget budget = (retry != null) ? retry.budget() : null;
		return (budget != null) ? OptionalDouble.of(budget.available()) : OptionalDouble.empty();
	}

	/**
	 * Returns what has happened in this policy so far.
	 * @return the figures
	 */
	public PolicyStats getStats() {
		Map<PolicyEventKind, Long> counts = new EnumMap<>(PolicyEventKind.class);
		Map<PolicyEventKind, PolicyStats.Waited> waits = new EnumMap<>(PolicyEventKind.class);
		for (PolicyEventKind kind : PolicyEventKind.values()) {
			counts.put(kind, this.events.count(kind));
			if (kind.isWait()) {
				waits.put(kind, new PolicyStats.Waited(this.events.count(kind), this.events.totalWait(kind),
						this.events.longestWait(kind)));
			}
		}
		return new PolicyStats(Map.copyOf(counts), Map.copyOf(waits));
	}

	/**
	 * Returns how often something has happened.
	 * @param kind the kind of event
	 * @return the number of times
	 */
	public long getCount(PolicyEventKind kind) {
		return this.events.count(kind);
	}

	/**
	 * Returns how long was waited in all.
	 * @param kind the kind of event, one {@linkplain PolicyEventKind#isWait() about a
	 * wait}
	 * @return the time, zero for other kinds
	 */
	public Duration getTotalWait(PolicyEventKind kind) {
		return this.events.totalWait(kind);
	}

	/**
	 * Adds a listener that is told of what happens from now on.
	 * @param listener the listener
	 */
	public void addListener(PolicyListener listener) {
		Assert.notNull(listener, "'listener' must not be null");
		this.events.add(listener);
	}

	@Override
	public String toString() {
		return "Policy '%s'".formatted(getName());
	}

}
