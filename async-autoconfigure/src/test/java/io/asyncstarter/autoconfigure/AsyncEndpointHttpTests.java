package io.asyncstarter.autoconfigure;

import java.time.Duration;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.actuate.web.WebFluxEndpointManagementContextConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint as it is seen over HTTP.
 */
@Timeout(60)
class AsyncEndpointHttpTests {

	private final ReactiveWebApplicationContextRunner contextRunner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(AsyncExecutorAutoConfiguration.class, AsyncPolicyAutoConfiguration.class,
						AsyncEndpointAutoConfiguration.class, EndpointAutoConfiguration.class,
						WebEndpointAutoConfiguration.class, JacksonEndpointAutoConfiguration.class,
						JacksonAutoConfiguration.class, CodecsAutoConfiguration.class, WebFluxAutoConfiguration.class,
						HttpHandlerAutoConfiguration.class, WebFluxEndpointManagementContextConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=async", "async.policies.github.timeout=1s",
				"async.policies.github.circuit-breaker.window=10", "async.rate-limiters.shared.permits=5");

	private void run(Consumer<Client> test) {
		this.contextRunner.run((context) -> test.accept(new Client(context)));
	}

	@Test
	void overviewIsAnObjectOfKinds() {
		run((client) -> client.web.get()
			.uri("/actuator/async")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.executors.io.maxConcurrency")
			.isEqualTo(200)
			.jsonPath("$.executors.io.state")
			.isEqualTo("ACTIVE")
			.jsonPath("$.policies.github.timeout")
			.isEqualTo("PT1S")
			.jsonPath("$.policies.github.circuitBreaker.state")
			.isEqualTo("CLOSED")
			.jsonPath("$.policies.github.retry")
			.doesNotExist()
			.jsonPath("$.policies.github.counts.SUCCEEDED")
			.isEqualTo(0)
			.jsonPath("$.rate-limiters.shared.permits")
			.isEqualTo(5));
	}

	@Test
	void numbersAndTextsAndNullAreTaken() {
		run((client) -> {
			client.post("executors/io", "{\"maxConcurrency\": 16}").expectStatus().isOk();
			client
				.post("policies/github", "{\"timeout\": null, \"deadline\": \"PT3S\", \"circuitBreaker\": \"disable\"}")
				.expectStatus()
				.isOk()
				.expectBody()
				.jsonPath("$.circuitBreaker.state")
				.isEqualTo("DISABLED");
			client.post("rate-limiters/shared", "{\"permits\": 7, \"per\": \"2s\"}")
				.expectStatus()
				.isOk()
				.expectBody()
				.jsonPath("$.per")
				.isEqualTo("PT2S");

			assertThat(client.context.getBean("io", BoundedExecutor.class).getMaxConcurrency()).isEqualTo(16);
			Policy policy = client.context.getBean(Policies.class).get("github");
			assertThat(policy.getTimeout()).isEmpty();
			assertThat(policy.getDeadline()).contains(Duration.ofSeconds(3));
		});
	}

	@Test
	void wrongRequestsAreAnsweredByProblems() {
		run((client) -> {
			client.expectProblem("executors/io", "{\"maxConcurrency\": \"many\"}", 400,
					"'maxConcurrency' must be a whole number but was 'many'");
			client.expectProblem("executors/io", "{\"maxConcurency\": 16}", 400,
					"'maxConcurency' cannot be changed; what can be is 'maxConcurrency', 'queueCapacity'");
			client.expectProblem("executors/io", "{}", 400,
					"Nothing to change: give one or more of 'maxConcurrency', 'queueCapacity'");
			client.expectProblem("policies/gihub", "{\"timeout\": \"1s\"}", 404,
					"There is no policy named 'gihub'; there are: github");
			client.expectProblem("limiters/shared", "{\"permits\": 7}", 404,
					"There is no kind 'limiters'; there are: executors, policies, rate-limiters");
		});
	}

	/**
	 * Talks to the endpoint of a context.
	 */
	private static final class Client {

		private final ApplicationContext context;

		private final WebTestClient web;

		Client(ApplicationContext context) {
			this.context = context;
			this.web = WebTestClient.bindToApplicationContext(context).build();
		}

		WebTestClient.ResponseSpec post(String path, String body) {
			return this.web.post()
				.uri("/actuator/async/" + path)
				.contentType(MediaType.APPLICATION_JSON)
				.bodyValue(body)
				.exchange();
		}

		void expectProblem(String path, String body, int status, String detail) {
			post(path, body).expectStatus()
				.isEqualTo(status)
				.expectHeader()
				.contentType(MediaType.APPLICATION_PROBLEM_JSON)
				.expectBody()
				.jsonPath("$.detail")
				.isEqualTo(detail);
		}

	}

}
