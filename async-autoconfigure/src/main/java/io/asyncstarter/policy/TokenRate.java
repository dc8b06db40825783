package io.asyncstarter.policy;

import java.time.Duration;

import io.github.bucket4j.Bandwidth;
import org.springframework.util.Assert;

/**
 * How fast tokens come, and how many are kept.
 *
 * @param permits how many tokens come in the period, at least 1
 * @param per the period, more than zero
 * @param burst how many tokens the bucket holds, at least 1
 */
record TokenRate(long permits, Duration per, long burst) {

	TokenRate {
		Assert.isTrue(permits >= 1, () -> "'permits' must be at least 1 but was %d".formatted(permits));
		Assert.isTrue(per.isPositive(), () -> "'per' must be more than zero but was %s".formatted(per));
		Assert.isTrue(Settings.nanos(per) < Settings.FOREVER,
				() -> "'per' must be less than 73 years but was %s".formatted(per));
		Assert.isTrue(permits <= per.toNanos(),
				() -> "'permits' must be at most one a nanosecond but was %d per %s".formatted(permits, per));
		Assert.isTrue(burst >= 1, () -> "'burst' must be at least 1 but was %d".formatted(burst));
	}

	Bandwidth bandwidth() {
		return Bandwidth.builder().capacity(this.burst).refillGreedy(this.permits, this.per).build();
	}

	double nanosPerToken() {
		return (double) this.per.toNanos() / this.permits;
	}

	/**
	 * Returns the time after which an untouched bucket is as good as new.
	 */
	Duration timeToFill() {
		return Duration.ofNanos((long) Math.min((double) Settings.FOREVER, Math.ceil(nanosPerToken() * this.burst)));
	}

}
