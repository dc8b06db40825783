package io.asyncstarter.policy;

import java.time.Duration;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ApplyPolicy#key()}.
 */
@Timeout(60)
class ApplyPolicyKeyTests {

	private final RateLimiter limiter = RateLimiter.builder("limiter")
		.permits(1)
		.per(Duration.ofSeconds(1))
		.maxWait(Duration.ZERO)
		.timer(new ManualDeadlineTimer())
		.build();

	private final Policy policy = Policy.builder("keyed")
		.environment(PolicyEnvironment.builder().rateLimiters(RateLimiters.of(this.limiter)).build())
		.rateLimiter("limiter")
		.build();

	private Keys keys() {
		return new PolicyContext(this.policy).with(Keys.class)
			.with((context) -> context.registerBean("tenants", Tenants.class))
			.bean(Keys.class);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void callPaysTheTokensOfItsKey(String expression, Function<Keys, String> call, Object key) {
		Keys keys = keys();

		assertThat(call.apply(keys)).isEqualTo("called");

		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> call.apply(keys));
		assertThat(this.limiter.tryAcquire(key)).as("token of '%s'", key).isFalse();
		assertThat(this.limiter.tryAcquire("another")).as("token of another key").isTrue();
	}

	static Stream<Arguments> callPaysTheTokensOfItsKey() {
		return Stream.of(row("#tenant", (keys) -> keys.byName("acme"), "acme"),
				row("#p0", (keys) -> keys.byIndex("acme", "b"), "acme"),
				row("#a1", (keys) -> keys.bySecond("a", "acme"), "acme"),
				row("'all'", (keys) -> keys.constant("a"), "all"),
				row("#order.tenant.name", (keys) -> keys.byProperty(new Order(new Tenant("acme"))), "acme"),
				row("#root.methodName", Keys::byMethod, "byMethod"),
				row("#root.method.name", Keys::byMethodName, "byMethodName"),
				row("#root.args[0]", (keys) -> keys.byArguments("acme"), "acme"),
				row("#root.targetClass.simpleName", Keys::byTarget, "Keys"),
				row("#root.target.zone", Keys::byZone, "zone"),
				row("@tenants.apply(#p0)", (keys) -> keys.byBean("a"), "tenant of a"));
	}

	private static Arguments row(String expression, Function<Keys, String> call, Object key) {
		return Arguments.of(expression, call, key);
	}

	@Test
	void withoutKeyAllPayTheSameTokens() {
		Keys keys = keys();

		assertThat(keys.byName(null)).isEqualTo("called");

		assertThat(this.limiter.tryAcquire()).isFalse();
	}

	@Test
	void keyIsFoundOftenEnoughToBeCompiled() {
		Keys keys = keys();
		for (int i = 0; i < 500; i++) {
			assertThat(keys.byProperty(new Order(new Tenant("tenant" + i)))).isEqualTo("called");
		}
	}

	interface Zoned {

		String getZone();

	}

	static class Keys implements Zoned {

		@ApplyPolicy(value = "keyed", key = "#tenant")
		String byName(@Nullable String tenant) {
			return "called";
		}

		@ApplyPolicy(value = "keyed", key = "#p0")
		String byIndex(String tenant, String other) {
			return "called";
		}

		@ApplyPolicy(value = "keyed", key = "#a1")
		String bySecond(String other, String tenant) {
			return "called";
		}

		@ApplyPolicy(value = "keyed", key = "'all'")
		String constant(String tenant) {
			return "called";
		}

		@ApplyPolicy(value = "keyed", key = "#order.tenant.name")
		String byProperty(Order order) {
			return "called";
		}

		@ApplyPolicy(value = "keyed", key = "#root.methodName")
		String byMethod() {
			return "called";
		}

		@ApplyPolicy(value = "keyed", key = "#root.method.name")
		String byMethodName() {
			return "called";
		}

		@ApplyPolicy(value = "keyed", key = "#root.args[0]")
		String byArguments(String tenant) {
			return "called";
		}

		@ApplyPolicy(value = "keyed", key = "#root.targetClass.simpleName")
		String byTarget() {
			return "called";
		}

		@ApplyPolicy(value = "keyed", key = "#root.target.zone")
		String byZone() {
			return "called";
		}

		@ApplyPolicy(value = "keyed", key = "@tenants.apply(#p0)")
		String byBean(String name) {
			return "called";
		}

		@Override
		public String getZone() {
			return "zone";
		}

	}

	static class Tenants implements Function<String, String> {

		@Override
		public String apply(String name) {
			return "tenant of " + name;
		}

	}

	public record Tenant(String name) {

	}

	public record Order(Tenant tenant) {

	}

}
