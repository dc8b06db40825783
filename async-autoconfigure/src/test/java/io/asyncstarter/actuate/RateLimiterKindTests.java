package io.asyncstarter.actuate;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.asyncstarter.policy.RateLimiter;
import io.asyncstarter.policy.RateLimiters;
import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class RateLimiterKindTests {

	private final RateLimiter github = RateLimiter.builder("github")
		.permits(100)
		.burst(20)
		.maxWait(Duration.ofMillis(500))
		.timer(new ManualDeadlineTimer())
		.build();

	private final RateLimiterKind kind = new RateLimiterKind(RateLimiters.of(this.github));

	@Test
	void rateAndStateAreShown() {
		this.github.tryAcquire();
		this.github.tryAcquire("key");

		assertThat(this.kind.all()).containsExactly(Map.entry("github",
				new RateLimiterDescriptor(100, Duration.ofSeconds(1), 20, Duration.ofMillis(500), 19, 0, 1)));
		assertThat(this.kind.find("github")).contains(this.kind.all().get("github"));
		assertThat(this.kind.find("other")).isEmpty();
	}

	@Test
	void rateIsChangedAsAWholeAndLogged(CapturedOutput output) {
		RateLimiterDescriptor descriptor = this.kind.change("github",
				Map.of("permits", 3_000_000_000L, "per", "1m", "burst", "5", "maxWait", "1s"));

		assertThat(descriptor).isEqualTo(
				new RateLimiterDescriptor(3_000_000_000L, Duration.ofMinutes(1), 5, Duration.ofSeconds(1), 5, 0, 0));
		assertThat(output).contains(
				"Rate limiter 'github': permits changed from 100 to 3000000000 through the actuator",
				"Rate limiter 'github': per changed from 1000ms to 60000ms",
				"Rate limiter 'github': burst changed from 20 to 5",
				"Rate limiter 'github': max-wait changed from 500ms to 1000ms");
	}

	@Test
	void whatIsNotGivenStays() {
		this.kind.change("github", Map.of("permits", "7"));

		assertThat(this.github.getPermits()).isEqualTo(7);
		assertThat(this.github.getPer()).isEqualTo(Duration.ofSeconds(1));
		assertThat(this.github.getBurst()).isEqualTo(20);
		assertThat(this.github.getMaxWait()).isEqualTo(Duration.ofMillis(500));
	}

	@Test
	void whenOneValueIsWrongThenNothingIsChanged() {
		assertRefused(Map.of("permits", "7", "burst", "0"), "'burst' must be at least 1 but was 0");
		assertRefused(Map.of("permits", "7", "per", "0s"), "'per' must be more than zero but was 0s");
		assertRefused(Map.of("permits", "7", "per", ""), "'per' must be a duration such as 250ms or 5s but was ''");
		assertRefused(Map.of("permits", "7", "rate", "1"),
				"'rate' cannot be changed; what can be is 'permits', 'per', 'burst', 'maxWait'");
		assertThat(this.github.getPermits()).isEqualTo(100);
	}

	@Test
	void whenValuesDoNotFitTogetherThenNothingIsChanged() {
		assertRefused(Map.of("permits", "10", "per", "5ns"), "'permits' must be at most one a nanosecond");
		assertRefused(Map.of("per", "999999999h"), "'per' must be less than 73 years");
		assertThat(this.github.getPermits()).isEqualTo(100);
	}

	private void assertRefused(Map<String, @Nullable Object> values, String message) {
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.kind.change("github", values))
			.withMessageContaining(message);
	}

}
