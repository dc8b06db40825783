package io.asyncstarter.actuate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;

import io.asyncstarter.actuate.Changes.Change;
import io.asyncstarter.policy.FairBulkhead;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;

/**
 * Shows the policies, and changes their limits and the state of their circuit breakers.
 *
 * @since 0.1.0
 */
@RegisterReflectionForBinding(PolicyDescriptor.class)
public final class PolicyKind implements AsyncEndpointKind<PolicyDescriptor> {

	private static final Map<String, Consumer<CircuitBreaker>> BREAKER_COMMANDS = new LinkedHashMap<>();
	static {
		BREAKER_COMMANDS.put("force-open", CircuitBreaker::transitionToForcedOpenState);
		BREAKER_COMMANDS.put("close", CircuitBreaker::transitionToClosedState);
		BREAKER_COMMANDS.put("reset", CircuitBreaker::reset);
		BREAKER_COMMANDS.put("disable", CircuitBreaker::transitionToDisabledState);
		BREAKER_COMMANDS.put("metrics-only", CircuitBreaker::transitionToMetricsOnlyState);
	}

	private final Policies policies;

	/**
	 * Creates the kind.
	 * @param policies the policies to show
	 */
	public PolicyKind(Policies policies) {
		this.policies = policies;
	}

	@Override
	public String getName() {
		return "policies";
	}

	@Override
	public String getNoun() {
		return "policy";
	}

	@Override
	public SortedMap<String, PolicyDescriptor> all() {
		SortedMap<String, PolicyDescriptor> descriptors = new TreeMap<>();
		for (Policy policy : this.policies.all()) {
			descriptors.put(policy.getName(), PolicyDescriptor.of(policy));
		}
		return descriptors;
	}

	@Override
	public Optional<PolicyDescriptor> find(String name) {
		return this.policies.find(name).map(PolicyDescriptor::of);
	}

	/**
	 * Changes {@code deadline} and {@code timeout}, where {@code null} lifts the limit;
	 * of a policy that has them, {@code bulkheadMaxConcurrency} and
	 * {@code bulkheadMaxWait}, and {@code circuitBreaker}: one of {@code force-open},
	 * {@code close}, {@code reset}, {@code disable} and {@code metrics-only}.
	 */
	@Override
	public PolicyDescriptor change(String name, Map<String, @Nullable Object> values) {
		Policy policy = this.policies.get(name);
		Changes changes = new Changes("Policy '%s'".formatted(name), values);
		Change<@Nullable Duration> deadline = changes.optionalDuration("deadline", policy.getDeadline().orElse(null));
		Change<@Nullable Duration> timeout = changes.optionalDuration("timeout", policy.getTimeout().orElse(null));
		changes.require(isWithin(timeout.value(), deadline.value()), "'timeout' must not be more than 'deadline'");
		Runnable bulkhead = policy.getBulkhead().map((found) -> bulkhead(changes, found)).orElse(PolicyKind::nothing);
		Runnable breaker = policy.getCircuitBreaker()
			.map((found) -> breaker(changes, found))
			.orElse(PolicyKind::nothing);
		changes.check();
		deadline.apply(policy::setDeadline);
		timeout.apply(policy::setTimeout);
		bulkhead.run();
		breaker.run();
		return PolicyDescriptor.of(policy);
	}

	private static boolean isWithin(@Nullable Duration timeout, @Nullable Duration deadline) {
		return timeout == null || deadline == null || timeout.compareTo(deadline) <= 0;
	}

	private static Runnable bulkhead(Changes changes, FairBulkhead bulkhead) {
		Change<Integer> maxConcurrency = changes.wholeNumber("bulkheadMaxConcurrency", 1, bulkhead.getMaxConcurrency());
		Change<Duration> maxWait = changes.duration("bulkheadMaxWait", bulkhead.getMaxWait());
		return () -> {
			maxConcurrency.apply(bulkhead::setMaxConcurrency);
			maxWait.apply(bulkhead::setMaxWait);
		};
	}

	private static Runnable breaker(Changes changes, CircuitBreaker breaker) {
		String state = breaker.getState().name().toLowerCase(Locale.ROOT).replace('_', '-');
		Change<String> command = changes.choice("circuitBreaker", BREAKER_COMMANDS.keySet(), state);
		return () -> command.apply((value) -> Objects.requireNonNull(BREAKER_COMMANDS.get(value)).accept(breaker));
	}

	private static void nothing() {
	}

}
