package io.asyncstarter.http;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletContext;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.async.CallableProcessingInterceptor;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/**
 * Tests for deadlines and problems of Spring MVC.
 */
@Timeout(30)
class ServletDeadlineTests {

	private static final String NAME = DeadlineHeader.DEFAULT_NAME;

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	private final DeadlineHeader header = new DeadlineHeader(NAME, Duration.ofSeconds(60), this.timer);

	private final DeadlineServletFilter filter = new DeadlineServletFilter(this.header);

	private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	@Test
	void requestHasTheDeadlineThatItTells() throws Exception {
		AtomicReference<@Nullable Deadline> seen = new AtomicReference<>();
		this.request.addHeader(NAME, "5000");

		this.filter.doFilter(this.request, this.response, (request, response) -> seen.set(Deadline.current()));

		assertThat(seen.get()).hasToString("Deadline[PT5S left]");
		assertThat(Deadline.current().isUnbounded()).isTrue();
	}

	@Test
	void requestWithoutHeaderOrSenseHasNone() throws Exception {
		AtomicReference<@Nullable Deadline> seen = new AtomicReference<>();
		this.request.addHeader(NAME, "soon");

		this.filter.doFilter(this.request, this.response, (request, response) -> seen.set(Deadline.current()));

		assertThat(seen.get()).isEqualTo(Deadline.none());
		assertThat(this.header.getIgnoredCount(DeadlineHeader.Ignored.MALFORMED)).isEqualTo(1);
	}

	@Test
	void requestWhoseTimeIsOverIsInterruptedAndAnswered504() throws Exception {
		this.request.addHeader(NAME, "1000");

		this.filter.doFilter(this.request, this.response, (request, response) -> {
			((HttpServletResponse) response).setHeader("X-Filter", "stays");
			((HttpServletResponse) response).setHeader("Content-Encoding", "gzip");
			response.getWriter().write("half an answer");
			hang();
		});

		assertThat(this.response.getStatus()).isEqualTo(504);
		assertThat(this.response.getContentType()).isEqualTo("application/problem+json");
		assertThat(this.response.getContentAsString()).contains("\"status\":504").doesNotContain("half");
		assertThat(this.response.getHeader("X-Filter")).isEqualTo("stays");
		assertThat(this.response.getHeader("Content-Encoding")).isNull();
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	void answerThatHasBegunIsBrokenOff() {
		this.request.addHeader(NAME, "1000");

		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> this.filter.doFilter(this.request, this.response, (request, response) -> {
				response.flushBuffer();
				hang();
			}));
	}

	@Test
	void requestWithoutTimeIsNotBegun() throws Exception {
		this.request.addHeader(NAME, "0");
		FilterChain chain = (request, response) -> {
			throw new AssertionError();
		};

		this.filter.doFilter(this.request, this.response, chain);

		assertThat(this.response.getStatus()).isEqualTo(504);
	}

	@Test
	void otherFailuresPass() {
		this.request.addHeader(NAME, "1000");

		assertThatExceptionOfType(ServletException.class)
			.isThrownBy(() -> this.filter.doFilter(this.request, this.response, (request, response) -> {
				throw new ServletException("mine");
			}))
			.withMessage("mine");
	}

	@Test
	void asynchronousRequestTimesOutWhenItsTimeIsOver() throws Exception {
		this.request.addHeader(NAME, "1000");
		this.request.setAsyncSupported(true);

		this.filter.doFilter(this.request, this.response, (request, response) -> {
			request.startAsync().setTimeout(30_000);
			this.timer.advance(Duration.ofMillis(400));
		});

		assertThat(this.request.getAsyncContext()).isNotNull();
		assertThat(this.request.getAsyncContext().getTimeout()).isEqualTo(600);
	}

	@Test
	void shorterTimeoutOfAnAsynchronousRequestStays() throws Exception {
		this.request.addHeader(NAME, "1000");
		this.request.setAsyncSupported(true);

		this.filter.doFilter(this.request, this.response, (request, response) -> request.startAsync().setTimeout(5));

		assertThat(this.request.getAsyncContext()).isNotNull();
		assertThat(this.request.getAsyncContext().getTimeout()).isEqualTo(5);
	}

	@Test
	void timeoutOfAsynchronousWorkIsTheDeadlinesIfThatHasPassed() throws Exception {
		this.request.addHeader(NAME, "1000");
		this.filter.doFilter(this.request, this.response, (request, response) -> {
		});
		DeadlineAsyncInterceptor interceptor = new DeadlineAsyncInterceptor();
		ServletWebRequest web = new ServletWebRequest(this.request);
		DeferredResult<String> early = new DeferredResult<>();
		DeferredResult<String> late = new DeferredResult<>();
		Callable<String> task = () -> "";

		assertThat(interceptor.handleTimeout(web, early)).isTrue();
		assertThat(interceptor.handleTimeout(web, task)).isSameAs(CallableProcessingInterceptor.RESULT_NONE);
		this.timer.advance(Duration.ofSeconds(1));
		assertThat(interceptor.handleTimeout(web, late)).isFalse();
		assertThat(interceptor.handleTimeout(web, task)).isInstanceOf(DeadlineExceededException.class);

		assertThat(early.hasResult()).isFalse();
		assertThat(late.getResult()).isInstanceOf(DeadlineExceededException.class);
	}

	@Test
	void interruptionOfAsynchronousWorkIsTheDeadlinesIfThatHasPassed() throws Exception {
		this.request.addHeader(NAME, "1000");
		this.filter.doFilter(this.request, this.response, (request, response) -> {
		});
		DeadlineAsyncInterceptor interceptor = new DeadlineAsyncInterceptor();
		ServletWebRequest web = new ServletWebRequest(this.request);
		Callable<String> task = () -> "";
		InterruptedException interruption = new InterruptedException();

		interceptor.postProcess(web, task, interruption);
		this.timer.advance(Duration.ofSeconds(1));
		interceptor.postProcess(web, task, "in time after all");
		interceptor.postProcess(web, task, new IllegalStateException("mine"));

		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> interceptor.postProcess(web, task, interruption))
			.withCause(interruption);
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> interceptor.postProcess(web, new DeferredResult<>(), interruption));
	}

	@Test
	void failureOfTheDeadlineIsAnswered504() throws Exception {
		MockMvc mvc = mvc();
		MvcResult started = mvc.perform(get("/deferred")).andReturn();

		mvc.perform(asyncDispatch(started)).andExpect(status().isGatewayTimeout());
	}

	@Test
	void rejectionIsAnsweredAsAProblem() throws Exception {
		mvc().perform(get("/rejected"))
			.andExpect(status().isServiceUnavailable())
			.andExpect(content().contentType(MediaType.APPLICATION_PROBLEM_JSON))
			.andExpect(content().string(
					"{\"title\":\"Service Unavailable\",\"status\":503,\"detail\":\"The service behind this one is not asked for now.\",\"policy\":\"github\"}"));
	}

	@Test
	void handlerOfTheApplicationComesFirst() throws Exception {
		mvc(Own.class).perform(get("/rejected")).andExpect(status().isConflict());
	}

	@Test
	void otherFailuresAreNotAnswered() {
		assertThatExceptionOfType(ServletException.class).isThrownBy(() -> mvc().perform(get("/failing")))
			.withCauseInstanceOf(IllegalStateException.class);
	}

	private static MockMvc mvc(Class<?>... components) {
		AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
		context.setServletContext(new MockServletContext());
		context.register(Mvc.class, Endpoints.class, PolicyExceptionResolver.class);
		for (Class<?> component : components) {
			context.register(component);
		}
		context.refresh();
		return MockMvcBuilders.webAppContextSetup(context).build();
	}

	private void hang() throws IOException {
		this.timer.advance(Duration.ofSeconds(1));
		try {
			new CountDownLatch(1).await();
		}
		catch (InterruptedException ex) {
			throw new IOException(ex);
		}
	}

	/**
	 * Spring MVC as it is.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableWebMvc
	static class Mvc {

	}

	/**
	 * What is called.
	 */
	@RestController
	static final class Endpoints {

		@GetMapping("/rejected")
		String rejected() {
			Policy policy = Policy.builder("github").circuitBreaker((breaker) -> breaker.window(10)).build();
			policy.getCircuitBreaker().orElseThrow().transitionToForcedOpenState();
			try {
				return policy.call(() -> "");
			}
			catch (Exception ex) {
				throw new CompletionException(ex);
			}
		}

		@GetMapping("/failing")
		String failing() {
			throw new IllegalStateException("mine");
		}

		@GetMapping("/deferred")
		DeferredResult<String> deferred() {
			DeferredResult<String> result = new DeferredResult<>();
			result.setErrorResult(new DeadlineExceededException("request", Duration.ZERO, Duration.ZERO, null));
			return result;
		}

	}

	/**
	 * A handler of the application.
	 */
	@RestControllerAdvice
	static final class Own {

		@ExceptionHandler
		ResponseEntity<String> handle(Exception failure) {
			return ResponseEntity.status(HttpStatus.CONFLICT).header(HttpHeaders.CONTENT_TYPE, "text/plain").build();
		}

	}

}
