/**
 * Policies: named, ordered sets of strategies around calls.
 * <p>
 * {@link io.asyncstarter.policy.Policy} is what calls are made through: by value, by
 * {@code CompletionStage}, by {@code Mono}, by {@code Flux}. It is built by a
 * {@link io.asyncstarter.policy.PolicyBuilder} from
 * {@link io.asyncstarter.policy.PolicySettings}, a description that can inherit from
 * another, and a {@link io.asyncstarter.policy.PolicyEnvironment}, which holds what
 * policies share: {@link io.asyncstarter.policy.RateLimiters}, executors, the registries
 * of Resilience4j, time and chance. Policies are found by name in
 * {@link io.asyncstarter.policy.Policies}.
 * <p>
 * To look on: {@link io.asyncstarter.policy.PolicyStats} counts,
 * {@link io.asyncstarter.policy.PolicyListener} is told. To change: the bulkhead, the
 * rate limiter and the circuit breaker that a policy returns, and its times.
 */
@NullMarked
package io.asyncstarter.policy;

import org.jspecify.annotations.NullMarked;
