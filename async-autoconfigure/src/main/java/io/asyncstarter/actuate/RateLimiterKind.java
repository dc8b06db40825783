package io.asyncstarter.actuate;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;

import io.asyncstarter.actuate.Changes.Change;
import io.asyncstarter.policy.RateLimiter;
import io.asyncstarter.policy.RateLimiters;

/**
 * Shows the rate limiters, and changes their rates.
 *
 * @since 0.1.0
 */
@RegisterReflectionForBinding(RateLimiterDescriptor.class)
public final class RateLimiterKind implements AsyncEndpointKind<RateLimiterDescriptor> {

	private final RateLimiters rateLimiters;

	/**
	 * Creates the kind.
	 * @param rateLimiters the rate limiters to show
	 */
	public RateLimiterKind(RateLimiters rateLimiters) {
		this.rateLimiters = rateLimiters;
	}

	@Override
	public String getName() {
		return "rate-limiters";
	}

	@Override
	public String getNoun() {
		return "rate limiter";
	}

	@Override
	public SortedMap<String, RateLimiterDescriptor> all() {
		SortedMap<String, RateLimiterDescriptor> descriptors = new TreeMap<>();
		for (RateLimiter limiter : this.rateLimiters.all()) {
			descriptors.put(limiter.getName(), RateLimiterDescriptor.of(limiter));
		}
		return descriptors;
	}

	@Override
	public Optional<RateLimiterDescriptor> find(String name) {
		return this.rateLimiters.find(name).map(RateLimiterDescriptor::of);
	}

	@Override
	public RateLimiterDescriptor change(String name, Map<String, @Nullable Object> values) {
		RateLimiter limiter = this.rateLimiters.get(name);
		Changes changes = new Changes("Rate limiter '%s'".formatted(name), values);
		Change<Long> permits = changes.longNumber("permits", 1, limiter.getPermits());
		Change<Duration> per = changes.positiveDuration("per", limiter.getPer());
		Change<Long> burst = changes.longNumber("burst", 1, limiter.getBurst());
		Change<Duration> maxWait = changes.duration("maxWait", limiter.getMaxWait());
		changes.tryOut(
				() -> RateLimiter.builder(name).permits(permits.value()).per(per.value()).burst(burst.value()).build());
		changes.check();
		// Each of the three sets all, so that no rate is ever mixed of old and new.
		permits.apply((value) -> limiter.setRate(permits.value(), per.value(), burst.value()));
		per.apply((value) -> limiter.setRate(permits.value(), per.value(), burst.value()));
		burst.apply((value) -> limiter.setRate(permits.value(), per.value(), burst.value()));
		maxWait.apply(limiter::setMaxWait);
		return RateLimiterDescriptor.of(limiter);
	}

}
