package io.asyncstarter.autoconfigure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.WebOperation;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableReactiveWebApplicationContext;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;

import io.asyncstarter.actuate.AsyncEndpoint;
import io.asyncstarter.actuate.AsyncEndpointWebExtension;
import io.asyncstarter.executor.BoundedExecutor;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class AsyncEndpointAutoConfigurationTests {

	private final ReactiveWebApplicationContextRunner contextRunner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AsyncExecutorAutoConfiguration.class,
				AsyncPolicyAutoConfiguration.class, AsyncEndpointAutoConfiguration.class,
				EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=async");

	private static ExposableWebEndpoint endpoint(AssertableReactiveWebApplicationContext context) {
		return context.getBean(WebEndpointsSupplier.class)
			.getEndpoints()
			.stream()
			.filter((endpoint) -> endpoint.getEndpointId().equals(EndpointId.of("async")))
			.findFirst()
			.orElseThrow();
	}

	private static WebEndpointResponse<?> write(AssertableReactiveWebApplicationContext context,
			Map<String, Object> body) {
		WebOperation operation = endpoint(context).getOperations()
			.stream()
			.filter((candidate) -> candidate.getType() == OperationType.WRITE)
			.findFirst()
			.orElseThrow();
		Map<String, Object> arguments = new HashMap<>(body);
		arguments.put("kind", "executors");
		arguments.put("name", "io");
		Object answer = operation.invoke(new InvocationContext(SecurityContext.NONE, arguments));
		return (WebEndpointResponse<?>) Objects.requireNonNull(answer);
	}

	@Test
	void whenExposedThenEndpointHasItsPathsAndOperations() {
		this.contextRunner.run((context) -> assertThat(endpoint(context).getOperations())
			.extracting((operation) -> operation.getType() + " " + operation.getRequestPredicate().getPath())
			.containsExactlyInAnyOrder("READ async", "READ async/{kind}", "READ async/{kind}/{name}",
					"WRITE async/{kind}/{name}"));
	}

	@Test
	void overviewHasAllKindsInTheirOrder() {
		this.contextRunner
			.withPropertyValues("async.policies.github.timeout=1s", "async.rate-limiters.shared.permits=5")
			.run((context) -> {
				Map<String, Map<String, ?>> overview = context.getBean(AsyncEndpoint.class).overview();

				assertThat(overview.keySet()).containsExactly("executors", "policies", "rate-limiters");
				assertThat(overview.get("policies")).containsOnlyKeys("github");
				assertThat(overview.get("rate-limiters")).containsOnlyKeys("shared");
			});
	}

	@Test
	void whenBodyHasKeysThenTheyReachTheExecutor() {
		this.contextRunner.run((context) -> {
			WebEndpointResponse<?> response = write(context, Map.of("maxConcurrency", "7"));

			assertThat(response.getStatus()).isEqualTo(200);
			assertThat(context.getBean("io", BoundedExecutor.class).getMaxConcurrency()).isEqualTo(7);
		});
	}

	@Test
	void whenBodyHasUnknownKeysOrNoneThenThatIsABadRequest() {
		this.contextRunner.run((context) -> {
			assertThat(write(context, Map.of("maxConcurency", "7")).getStatus()).isEqualTo(400);
			assertThat(write(context, Map.of()).getStatus()).isEqualTo(400);
		});
	}

	@Test
	void whenArgumentsAreAMapAlreadyThenItIsTaken() {
		this.contextRunner
			.run((context) -> assertThat(write(context, Map.of("changes", Map.of("maxConcurrency", 8))).getStatus())
				.isEqualTo(200));
	}

	@Test
	void whenAccessIsReadOnlyThenNothingCanBeChanged() {
		this.contextRunner.withPropertyValues("management.endpoint.async.access=READ_ONLY")
			.run((context) -> assertThat(endpoint(context).getOperations()).isNotEmpty()
				.extracting(WebOperation::getType)
				.containsOnly(OperationType.READ));
	}

	@Test
	void whenAccessIsNoneThenThereIsNoEndpoint() {
		this.contextRunner.withPropertyValues("management.endpoint.async.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(AsyncEndpoint.class)
				.doesNotHaveBean(AsyncEndpointWebExtension.class));
	}

	@Test
	void whenNotExposedThenThereIsNoEndpoint() {
		this.contextRunner.withPropertyValues("management.endpoints.web.exposure.include=health")
			.run((context) -> assertThat(context).doesNotHaveBean(AsyncEndpoint.class));
	}

	@Test
	void whenActuatorIsAbsentThenExecutorsWorkAllTheSame() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class))
			.run((context) -> assertThat(context).hasBean("io").doesNotHaveBean("asyncEndpoint"));
	}

	@Test
	void whenUserDeclaresAnEndpointThenItWins() {
		AsyncEndpoint own = new AsyncEndpoint(List.of());
		this.contextRunner.withBean("own", AsyncEndpoint.class, () -> own)
			.run((context) -> assertThat(context.getBean(AsyncEndpoint.class)).isSameAs(own));
	}

}
