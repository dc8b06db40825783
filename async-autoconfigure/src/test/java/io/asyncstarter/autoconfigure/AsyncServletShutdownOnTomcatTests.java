package io.asyncstarter.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

import io.asyncstarter.lifecycle.OpenServletStreams;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the end of streams of Spring MVC, with Tomcat, which would wait for them.
 */
@Timeout(60)
class AsyncServletShutdownOnTomcatTests {

	@Test
	void whenTheApplicationClosesThenStreamsOfEventsComplete() throws Exception {
		Assumptions.assumeTrue(ClassUtils.isPresent("org.apache.catalina.startup.Tomcat", null), "There is no Tomcat");
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.SERVLET)
			.properties("server.port=0", "async.monitor.pinning.enabled=false", "spring.main.banner-mode=off",
					"async.shutdown.grace-period=90s")
			.run();
		try (context; HttpClient http = HttpClient.newHttpClient()) {
			CountDownLatch first = new CountDownLatch(1);
			FutureTask<Long> count = new FutureTask<>(() -> {
				URI uri = URI.create("http://localhost:%s/events"
					.formatted(context.getEnvironment().getProperty("local.server.port")));
				try (Stream<String> lines = http
					.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofLines())
					.body()) {
					return lines.peek((line) -> first.countDown()).count();
				}
			});
			Thread.ofVirtual().start(count);
			first.await();
			OpenServletStreams openStreams = context.getBean(OpenServletStreams.class);
			assertThat(openStreams.getCount()).isOne();

			context.close();

			assertThat(count.get()).isPositive();
			assertThat(openStreams.getCount()).isZero();
		}
	}

	/**
	 * An application with a stream that does not end.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@RestController
		static class Events {

			@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
			Flux<String> events() {
				return Flux.interval(Duration.ofMillis(10))
					.onBackpressureDrop()
					.map(String::valueOf)
					.mergeWith(Flux.never());
			}

		}

	}

}
