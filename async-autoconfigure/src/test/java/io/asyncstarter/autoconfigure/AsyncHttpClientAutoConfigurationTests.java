package io.asyncstarter.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.ImportHttpServices;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.http.DeadlineHeader;
import io.asyncstarter.http.RestClientRetryAfterExtractor;
import io.asyncstarter.http.WebClientRetryAfterExtractor;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.policy.RateLimiters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for policies and deadlines on HTTP clients by configuration alone.
 */
@Timeout(60)
class AsyncHttpClientAutoConfigurationTests {

	private static final String[] POLICIES = { "async.policies.base.retry.max-attempts=2",
			"async.policies.base.retry.backoff=1ms", "async.policies.github.retry.max-attempts=3",
			"async.policies.github.retry.backoff=1ms" };

	private final Queue<String> deadlines = new ConcurrentLinkedQueue<>();

	private final AtomicInteger failures = new AtomicInteger();

	private final AtomicInteger requests = new AtomicInteger();

	private final DisposableServer server = HttpServer.create()
		.host("127.0.0.1")
		.port(0)
		.handle((request, response) -> {
			this.requests.incrementAndGet();
			this.deadlines.add(String.valueOf(request.requestHeaders().get(DeadlineHeader.DEFAULT_NAME)));
			return request.receive()
				.then(response.status((this.failures.getAndDecrement() > 0) ? 503 : 200)
					.sendString(Mono.just("fine"))
					.then());
		})
		.bindNow();

	private ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AsyncExecutorAutoConfiguration.class,
				AsyncPolicyAutoConfiguration.class, AsyncHttpAutoConfiguration.class,
				AsyncWebClientAutoConfiguration.class, AsyncRestClientAutoConfiguration.class,
				HttpClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, HttpServiceClientPropertiesAutoConfiguration.class,
				RestClientAutoConfiguration.class, HttpServiceClientAutoConfiguration.class,
				WebClientAutoConfiguration.class, ReactiveHttpServiceClientAutoConfiguration.class))
		.withPropertyValues(POLICIES);

	@BeforeEach
	void knowTheServer() {
		this.contextRunner = this.contextRunner.withPropertyValues("spring.http.serviceclient.github.base-url=" + url(),
				"spring.http.serviceclient.Stock.base-url=" + url());
	}

	@AfterEach
	void close() {
		this.server.disposeNow(Duration.ofSeconds(5));
	}

	@Test
	void withoutYamlClientsAreAsTheyWere() {
		this.contextRunner.run((context) -> {
			this.failures.set(1);

			assertThatExceptionOfType(HttpServerErrorException.class)
				.isThrownBy(() -> restClient(context.getBean(RestClient.Builder.class)));
			Deadline.within(Duration.ofSeconds(5), () -> webClient(context.getBean(WebClient.Builder.class)));

			assertThat(this.deadlines).containsExactly("null", "null");
			context.getBean(WebClient.Builder.class).filters((filters) -> assertThat(filters).isEmpty());
		});
	}

	@Test
	void defaultPolicyIsOnBothBuilders() {
		this.contextRunner.withPropertyValues("async.http.default-policy=base").run((context) -> {
			this.failures.set(1);
			restClient(context.getBean(RestClient.Builder.class));
			this.failures.set(1);
			webClient(context.getBean(WebClient.Builder.class));

			assertThat(this.requests).hasValue(4);
			assertThat(count(context.getBean(Policies.class), "base", PolicyEventKind.RETRIED)).isEqualTo(2);
		});
	}

	@Test
	void policyIsOutermostAndDeadlineInnermost() {
		this.contextRunner.withUserConfiguration(Customizers.class)
			.withPropertyValues("async.http.default-policy=base", "async.deadline.http.outbound=true")
			.run((context) -> context.getBean(WebClient.Builder.class)
				.filters((filters) -> assertThat(filters).extracting((filter) -> filter.getClass().getSimpleName())
					.satisfies((names) -> assertThat(names.getFirst()).isEqualTo("PolicyExchangeFilter"))
					.satisfies((names) -> assertThat(names.getLast()).isEqualTo("DeadlineExchangeFilter"))
					.hasSize(3)));
	}

	@Test
	void groupsOfBothKindsHaveTheirPolicy() {
		this.contextRunner.withUserConfiguration(Groups.class)
			.withPropertyValues("async.http.groups.github.policy=github", "async.http.groups.Stock.policy=base")
			.run((context) -> {
				this.failures.set(2);
				assertThat(context.getBean(Github.class).get()).isEqualTo("fine");
				this.failures.set(1);
				assertThat(context.getBean(Stock.class).get().block()).isEqualTo("fine");

				Policies policies = context.getBean(Policies.class);
				assertThat(count(policies, "github", PolicyEventKind.RETRIED)).isEqualTo(2);
				assertThat(count(policies, "base", PolicyEventKind.RETRIED)).isEqualTo(1);
			});
	}

	@Test
	void policyOfAGroupStandsInPlaceOfTheDefault() {
		this.contextRunner.withUserConfiguration(Groups.class)
			.withPropertyValues("async.http.default-policy=base", "async.http.groups.github.policy=github")
			.run((context) -> {
				assertThat(context.getBean(Github.class).get()).isEqualTo("fine");
				assertThat(context.getBean(Stock.class).get().block()).isEqualTo("fine");

				Policies policies = context.getBean(Policies.class);
				assertThat(count(policies, "github", PolicyEventKind.SUCCEEDED)).isEqualTo(1);
				assertThat(count(policies, "base", PolicyEventKind.SUCCEEDED)).isEqualTo(1);
			});
	}

	@Test
	void groupSaysWhichMethodsAreRetriedAndWhatTheKeyIs() {
		this.contextRunner.withUserConfiguration(Groups.class)
			.withPropertyValues("async.http.groups.github.policy=github", "async.http.groups.github.key=host-and-port",
					"async.http.groups.github.retry-methods=GET,post", "async.rate-limiters.limiter.permits=100",
					"async.policies.github.rate-limiter=limiter")
			.run((context) -> {
				this.failures.set(1);
				assertThat(context.getBean(Github.class).post()).isEqualTo("fine");

				assertThat(this.requests).hasValue(2);
				assertThat(context.getBean(RateLimiters.class)
					.get("limiter")
					.getAvailableTokens("127.0.0.1:" + this.server.port())).isNotEmpty();
			});
	}

	@Test
	void deadlineIsToldByAllOrBySome() {
		this.contextRunner.withUserConfiguration(Groups.class)
			.withPropertyValues("async.deadline.http.outbound=true", "async.http.groups.Stock.deadline-header=false")
			.run((context) -> Deadline.within(Duration.ofSeconds(50), () -> {
				context.getBean(Github.class).get();
				context.getBean(Stock.class).get().block();
				restClient(context.getBean(RestClient.Builder.class));
				webClient(context.getBean(WebClient.Builder.class));
			}));

		assertThat(this.deadlines).hasSize(4);
		assertThat(List.copyOf(this.deadlines).get(1)).isEqualTo("null");
		assertThat(this.deadlines.stream().filter((told) -> !told.equals("null"))).hasSize(3);
	}

	@Test
	void deadlineIsToldByOneGroupUnderAnotherName() {
		this.contextRunner.withUserConfiguration(Groups.class)
			.withPropertyValues("async.deadline.http.header=X-Request-Timeout-Ms",
					"async.http.groups.github.deadline-header=true")
			.run((context) -> Deadline.within(Duration.ofSeconds(50), () -> {
				context.getBean(Github.class).get();
				context.getBean(Stock.class).get().block();
			}));

		assertThat(this.deadlines).hasSize(2);
		assertThat(List.copyOf(this.deadlines).getLast()).isEqualTo("null");
		assertThat(this.deadlines.element()).isNotEqualTo("null");
	}

	@Test
	void extractorsOfRetryAfterAreKnownToPolicies() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(RestClientRetryAfterExtractor.class)
				.hasSingleBean(WebClientRetryAfterExtractor.class);
			HttpHeaders headers = new HttpHeaders();
			headers.set(HttpHeaders.RETRY_AFTER, "3");
			HttpServerErrorException failure = HttpServerErrorException.create(HttpStatus.SERVICE_UNAVAILABLE, "",
					headers, new byte[0], null);
			assertThat(context.getBean(RestClientRetryAfterExtractor.class).retryAfter(failure)).hasSeconds(3);
			assertThat(context.getBean(RestClientRetryAfterExtractor.class).retryAfter(new Exception())).isNull();
		});
	}

	@Test
	void mistakesAreReportedTogether() {
		FailureAnalysis analysis = FailureAnalyses.of(this.contextRunner.withUserConfiguration(Groups.class)
			.withPropertyValues("async.http.default-policy=bse", "async.http.groups.github.policy=gitub",
					"async.http.groups.stock.key=host", "async.http.groups.github.retry-methods=GTE",
					"async.http.key=hots", "async.deadline.http.header=a b", "async.deadline.http.max=0s"));

		assertThat(analysis.getDescription()).contains("There are 7 mistakes")
			.contains("there is no policy named 'bse'")
			.contains("there is no policy named 'gitub'")
			.contains("there is no HTTP service group named 'stock'")
			.contains("it is not a list of get, head, post, put, patch, delete, options, trace")
			.contains("it is not one of none, host, host-and-port")
			.contains("it is not the name of a header")
			.contains("it must be greater than zero");
		assertThat(analysis.getAction()).contains("async.http.default-policy: Did you mean 'base'?")
			.contains("async.http.groups.github.policy: Did you mean 'github'?")
			.contains("async.http.groups.stock: Did you mean 'Stock'?")
			.contains("async.http.groups.github.retry-methods: Did you mean 'get'?")
			.contains("async.http.key: Did you mean 'host'?");
	}

	@Test
	void groupWithoutAnyPolicyHasNothingToApply() {
		FailureAnalysis analysis = FailureAnalyses.of(this.contextRunner.withUserConfiguration(Groups.class)
			.withPropertyValues("async.http.groups.github.key=host"));

		assertThat(analysis.getDescription()).contains("there is no policy that this could be for");
	}

	@Test
	void groupThatNobodyDeclaredIsNamed() {
		FailureAnalysis analysis = FailureAnalyses
			.of(this.contextRunner.withPropertyValues("async.http.groups.github.policy=github"));

		assertThat(analysis.getAction())
			.isEqualTo("async.http.groups.github: Declare it by @ImportHttpServices(group = \"github\", ...).");
	}

	@Test
	void policyOfTheUsersOwnIsFound() {
		this.contextRunner.withBean("mine", Policy.class, () -> Policy.builder("mine").build())
			.withPropertyValues("async.http.default-policy=mine")
			.run((context) -> {
				restClient(context.getBean(RestClient.Builder.class));

				assertThat(context.getBean("mine", Policy.class).getCount(PolicyEventKind.SUCCEEDED)).isEqualTo(1);
			});
	}

	@Test
	void withoutWebClientOnlyRestClientsArePutUnderPolicies() {
		this.contextRunner
			.withClassLoader(
					new FilteredClassLoader("org.springframework.web.reactive", "org.springframework.boot.webclient"))
			.withPropertyValues("async.http.default-policy=base")
			.run((context) -> {
				assertThat(context).hasNotFailed()
					.hasSingleBean(AsyncRestClientAutoConfiguration.class)
					.doesNotHaveBean(AsyncWebClientAutoConfiguration.class);
				restClient(context.getBean(RestClient.Builder.class));
			});
	}

	@Test
	void withoutRestClientOnlyWebClientsArePutUnderPolicies() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(AsyncExecutorAutoConfiguration.class, AsyncPolicyAutoConfiguration.class,
							AsyncHttpAutoConfiguration.class, AsyncWebClientAutoConfiguration.class,
							AsyncRestClientAutoConfiguration.class, WebClientAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.restclient"))
			.withPropertyValues(POLICIES)
			.withPropertyValues("async.http.default-policy=base")
			.run((context) -> {
				assertThat(context).hasNotFailed()
					.hasSingleBean(AsyncWebClientAutoConfiguration.class)
					.doesNotHaveBean(AsyncRestClientAutoConfiguration.class);
				webClient(context.getBean(WebClient.Builder.class));
			});
	}

	@Test
	void withoutReactorRestClientsArePutUnderPolicies() {
		this.contextRunner
			.withClassLoader(new FilteredClassLoader("reactor", "org.springframework.web.reactive",
					"org.springframework.boot.webclient"))
			.withPropertyValues("async.http.default-policy=base")
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(AsyncRestClientAutoConfiguration.class);
				restClient(context.getBean(RestClient.Builder.class));
			});
	}

	@Test
	void withoutAnyWebThereIsNothingOfIt() {
		this.contextRunner
			.withClassLoader(new FilteredClassLoader("org.springframework.web", "org.springframework.http",
					"org.springframework.boot.webclient", "org.springframework.boot.restclient", "jakarta.servlet"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(Policies.class)
				.doesNotHaveBean(AsyncHttpAutoConfiguration.class));
	}

	private String url() {
		return "http://127.0.0.1:" + this.server.port();
	}

	private String restClient(RestClient.Builder builder) {
		return String.valueOf(builder.baseUrl(url()).build().get().retrieve().body(String.class));
	}

	private String webClient(WebClient.Builder builder) {
		return Objects.requireNonNull(builder.baseUrl(url()).build().get().retrieve().bodyToMono(String.class).block());
	}

	private static long count(Policies policies, String name, PolicyEventKind kind) {
		return policies.get(name).getCount(kind);
	}

	/**
	 * A service of the group 'github'.
	 */
	@HttpExchange
	interface Github {

		@GetExchange("/")
		String get();

		@PostExchange("/")
		String post();

	}

	/**
	 * A service of the group 'Stock'.
	 */
	@HttpExchange
	interface Stock {

		@GetExchange("/")
		Mono<String> get();

	}

	/**
	 * Groups of both kinds.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "github", types = Github.class)
	@ImportHttpServices(group = "Stock", types = Stock.class, clientType = ClientType.WEB_CLIENT)
	static class Groups {

	}

	/**
	 * A customizer of the application.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		@Bean
		WebClientCustomizer own() {
			return (builder) -> builder.filter((request, next) -> next.exchange(request));
		}

	}

}
