package io.asyncstarter.autoconfigure;

import java.time.Duration;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.test.web.reactive.server.HttpHandlerConnector;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

import io.asyncstarter.actuate.DeadlineHeaderMetrics;
import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.http.DeadlineHeader;
import io.asyncstarter.http.DeadlineServletFilter;
import io.asyncstarter.http.DeadlineWebFilter;
import io.asyncstarter.http.PolicyExceptionResolver;
import io.asyncstarter.http.PolicyWebExceptionHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/**
 * Tests for deadlines and problems of services by configuration alone.
 */
@Timeout(60)
class AsyncWebAutoConfigurationTests {

	private static final AutoConfigurations OURS = AutoConfigurations.of(AsyncExecutorAutoConfiguration.class,
			AsyncPolicyAutoConfiguration.class, AsyncHttpAutoConfiguration.class, AsyncWebFluxAutoConfiguration.class,
			AsyncWebMvcAutoConfiguration.class, AsyncHttpMetricsAutoConfiguration.class);

	private final ReactiveWebApplicationContextRunner webFlux = new ReactiveWebApplicationContextRunner()
		.withConfiguration(OURS)
		.withConfiguration(AutoConfigurations.of(HttpHandlerAutoConfiguration.class, WebFluxAutoConfiguration.class,
				ErrorWebFluxAutoConfiguration.class))
		.withBean(Endpoints.class);

	private final WebApplicationContextRunner mvc = new WebApplicationContextRunner().withConfiguration(OURS)
		.withConfiguration(AutoConfigurations.of(WebMvcAutoConfiguration.class))
		.withBean(Endpoints.class);

	@Test
	void webFluxAnswersProblemsAheadOfBootsHandler() {
		this.webFlux.run((context) -> {
			assertThat(context).hasSingleBean(PolicyWebExceptionHandler.class)
				.doesNotHaveBean(DeadlineWebFilter.class)
				.doesNotHaveBean(PolicyExceptionResolver.class);
			client(context.getBean(HttpHandler.class)).get()
				.uri("/late")
				.exchange()
				.expectStatus()
				.isEqualTo(HttpStatus.GATEWAY_TIMEOUT)
				.expectHeader()
				.contentType("application/problem+json");
		});
	}

	@Test
	void webFluxLetsTheApplicationsHandlerAnswer() {
		this.webFlux.withBean(Own.class)
			.run((context) -> client(context.getBean(HttpHandler.class)).get()
				.uri("/late")
				.exchange()
				.expectStatus()
				.isEqualTo(HttpStatus.CONFLICT));
	}

	@Test
	void webFluxRequestsHaveTheirDeadlineWhenSwitchedOn() {
		this.webFlux
			.withPropertyValues("async.deadline.http.inbound=true", "async.deadline.http.header=X-Time",
					"async.deadline.http.max=10s")
			.run((context) -> client(context.getBean(HttpHandler.class)).get()
				.uri("/ok")
				.header("X-Time", "0")
				.exchange()
				.expectStatus()
				.isEqualTo(HttpStatus.GATEWAY_TIMEOUT));
	}

	@Test
	void mvcAnswersProblems() {
		this.mvc.run((context) -> {
			assertThat(context).hasSingleBean(PolicyExceptionResolver.class)
				.doesNotHaveBean(DeadlineServletFilter.class)
				.doesNotHaveBean(PolicyWebExceptionHandler.class);
			MockMvcBuilders.webAppContextSetup((WebApplicationContext) context.getSourceApplicationContext())
				.build()
				.perform(get("/late"))
				.andExpect(status().isGatewayTimeout())
				.andExpect(content().contentType("application/problem+json"));
		});
	}

	@Test
	void mvcLetsTheApplicationsHandlerAnswer() {
		this.mvc.withBean(Own.class)
			.run((context) -> MockMvcBuilders
				.webAppContextSetup((WebApplicationContext) context.getSourceApplicationContext())
				.build()
				.perform(get("/late"))
				.andExpect(status().isConflict()));
	}

	@Test
	void mvcRequestsHaveTheirDeadlineWhenSwitchedOn() {
		this.mvc.withPropertyValues("async.deadline.http.inbound=true", "async.deadline.http.max=10s")
			.run((context) -> {
				MockMvcBuilders.webAppContextSetup((WebApplicationContext) context.getSourceApplicationContext())
					.addFilters(context.getBean(DeadlineServletFilter.class))
					.build()
					.perform(get("/ok").header(DeadlineHeader.DEFAULT_NAME, "20000"))
					.andExpect(status().isOk())
					.andExpect(content().string("true"));
				assertThat(context.getBean(RequestMappingHandlerAdapter.class)).extracting("deferredResultInterceptors")
					.asInstanceOf(InstanceOfAssertFactories.ARRAY)
					.isNotEmpty();
			});
	}

	@Test
	void beansOfTheUserWin() {
		this.webFlux.withPropertyValues("async.deadline.http.inbound=true")
			.withBean("own", DeadlineHeader.class, () -> new DeadlineHeader("X-Own", Duration.ofSeconds(1)))
			.run((context) -> assertThat(context.getBean(DeadlineHeader.class).getName()).isEqualTo("X-Own"));
	}

	@Test
	void ignoredHeadersAreCounted() {
		this.webFlux.withPropertyValues("async.deadline.http.inbound=true")
			.withBean(SimpleMeterRegistry.class)
			.run((context) -> {
				MeterRegistry registry = context.getBean(MeterRegistry.class);
				context.getBean(DeadlineHeaderMetrics.class).bindTo(registry);
				client(context.getBean(HttpHandler.class)).get()
					.uri("/ok")
					.header(DeadlineHeader.DEFAULT_NAME, "-1")
					.exchange()
					.expectStatus()
					.isOk();

				assertThat(
						registry.get("async.http.deadline.ignored").tag("reason", "negative").functionCounter().count())
					.isEqualTo(1);
			});
	}

	@Test
	void withoutMeterRegistryNothingIsMeasured() {
		this.webFlux.withClassLoader(new FilteredClassLoader(MeterRegistry.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(AsyncHttpMetricsAutoConfiguration.class));
	}

	@Test
	void mvcAloneNeedsNoReactor() {
		new WebApplicationContextRunner().withConfiguration(OURS)
			.withPropertyValues("async.deadline.http.inbound=true")
			.withClassLoader(new FilteredClassLoader("reactor", "org.springframework.web.reactive"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(PolicyExceptionResolver.class)
				.hasSingleBean(DeadlineServletFilter.class));
	}

	@Test
	void webFluxAloneNeedsNoServlet() {
		new ReactiveWebApplicationContextRunner().withConfiguration(OURS)
			.withPropertyValues("async.deadline.http.inbound=true")
			.withClassLoader(new FilteredClassLoader(HttpServletRequest.class, DispatcherServlet.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(DeadlineWebFilter.class)
				.hasSingleBean(PolicyWebExceptionHandler.class));
	}

	@Test
	void withoutWebFluxOrMvcThereIsNothingOfTheirs() {
		new ReactiveWebApplicationContextRunner().withConfiguration(OURS)
			.withClassLoader(new FilteredClassLoader(DispatcherHandler.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(AsyncWebFluxAutoConfiguration.class));
		new WebApplicationContextRunner().withConfiguration(OURS)
			.withClassLoader(new FilteredClassLoader(DispatcherServlet.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(AsyncWebMvcAutoConfiguration.class));
		new ApplicationContextRunner().withConfiguration(OURS)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(AsyncWebFluxAutoConfiguration.class)
				.doesNotHaveBean(AsyncWebMvcAutoConfiguration.class));
	}

	private static WebTestClient client(HttpHandler handler) {
		return WebTestClient.bindToServer(new HttpHandlerConnector(handler)).build();
	}

	/**
	 * What is called.
	 */
	@RestController
	static final class Endpoints {

		@GetMapping("/late")
		String late() {
			throw new DeadlineExceededException("x", Duration.ZERO, Duration.ZERO, null);
		}

		@GetMapping("/ok")
		String ok() {
			Duration remaining = Deadline.current().remaining();
			return String.valueOf(remaining.compareTo(Duration.ofSeconds(10)) <= 0);
		}

	}

	/**
	 * A handler of the application.
	 */
	@RestControllerAdvice
	static final class Own {

		@ExceptionHandler
		@ResponseStatus(HttpStatus.CONFLICT)
		void handle(Exception failure) {
		}

	}

}
