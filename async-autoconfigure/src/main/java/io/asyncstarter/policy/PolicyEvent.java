package io.asyncstarter.policy;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a policy.
 *
 * @param policyName the name of the policy
 * @param kind what happened
 * @param attempt the number of the attempt, from 1 on, or 0 if it is not about one
 * @param waited how long was waited, or, with {@link PolicyEventKind#RETRIED}, is going
 * to be; zero for other kinds
 * @param failure the failure it is about, or {@code null} if there is none
 * @since 0.1.0
 */
public record PolicyEvent(String policyName, PolicyEventKind kind, int attempt, Duration waited,
		@Nullable Throwable failure) {

}
