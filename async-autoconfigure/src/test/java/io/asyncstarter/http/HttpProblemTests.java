package io.asyncstarter.http;

import java.lang.reflect.UndeclaredThrowableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClientException;
import reactor.core.Exceptions;

import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyBuilder;
import io.asyncstarter.policy.PolicyEnvironment;
import io.asyncstarter.policy.RateLimiter;
import io.asyncstarter.policy.RateLimiters;
import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link HttpProblem}.
 */
class HttpProblemTests {

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	@Test
	void rateLimitIs429AndSaysWhenToTryAgain() {
		RateLimiter limiter = RateLimiter.builder("limiter")
			.permits(1)
			.per(Duration.ofSeconds(90))
			.timer(this.timer)
			.build();
		Policy policy = Policy.builder("github")
			.environment(PolicyEnvironment.builder().timer(this.timer).rateLimiters(RateLimiters.of(limiter)).build())
			.rateLimiter("limiter")
			.build();
		limiter.tryAcquire("secret tenant");
		this.timer.advance(Duration.ofMillis(500));

		Throwable failure = catchThrowable(() -> policy.call("secret tenant", () -> "x"));

		assertThat(json(failure)).isEqualTo(
				"{\"title\":\"Too Many Requests\",\"status\":429,\"detail\":\"The rate limit is exceeded.\",\"policy\":\"github\"}");
		assertThat(headers(failure).getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("90");
		assertThat(headers(failure).getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
	}

	@Test
	void openBreakerIs503AndSaysWhenToTryAgain() {
		Policy policy = policy()
			.circuitBreaker((breaker) -> breaker.window(1).minCalls(1).openFor(Duration.ofSeconds(30)))
			.build();
		catchThrowable(() -> policy.call(() -> {
			throw new IllegalStateException();
		}));

		Throwable failure = catchThrowable(() -> policy.call(() -> "x"));

		assertThat(json(failure)).contains("\"status\":503").contains("\"policy\":\"github\"");
		assertThat(headers(failure).getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("30");
	}

	@Test
	void fullBulkheadIs503() throws Exception {
		Policy policy = policy().bulkhead(1, Duration.ZERO).build();

		Throwable failure = policy.call(() -> catchThrowable(() -> policy.call(() -> "x")));

		assertThat(json(failure)).contains("\"status\":503").contains("\"policy\":\"github\"");
		assertThat(headers(failure).containsHeader(HttpHeaders.RETRY_AFTER)).isFalse();
	}

	@Test
	void executorWithoutRoomIs503AndSoIsOneThatStops() {
		BoundedExecutor executor = BoundedExecutor.builder("io").queueCapacity(0).maxConcurrency(1).build();
		executor.execute(() -> {
			Throwable failure = catchThrowable(() -> executor.execute(() -> {
			}));
			assertThat(json(failure)).contains("\"status\":503").contains("\"executor\":\"io\"");
		});
		executor.close();

		assertThat(json(catchThrowable(() -> executor.execute(() -> {
		})))).contains("\"status\":503").contains("\"executor\":\"io\"");
	}

	@Test
	void timeoutAndDeadlineAre504() {
		Policy policy = policy().timeout(Duration.ofSeconds(1)).build();
		Throwable timeout = catchThrowable(() -> policy.call(() -> {
			this.timer.advance(Duration.ofSeconds(1));
			throw new InterruptedException();
		}));

		assertThat(json(timeout)).contains("\"status\":504").contains("\"policy\":\"github\"");
		assertThat(json(new DeadlineExceededException("secret scope", Duration.ZERO, Duration.ZERO, null)))
			.isEqualTo("{\"title\":\"Gateway Timeout\",\"status\":504,\"detail\":\"The time for the request is up.\"}");
	}

	@Test
	void wrappingOfFuturesProxiesAndClientsIsSeenThrough() {
		DeadlineExceededException failure = new DeadlineExceededException("x", Duration.ZERO, Duration.ZERO, null);

		assertThat(HttpProblem.of(new CompletionException(failure))).isNotNull();
		assertThat(HttpProblem.of(new UndeclaredThrowableException(new CompletionException(failure)))).isNotNull();
		assertThat(HttpProblem.of(new RestClientException("reading", failure))).isNotNull();
		assertThat(HttpProblem.of(Exceptions.propagate(new Exception("x", failure)))).isNull();
	}

	@Test
	void exceptionOfTheApplicationIsItsOwnAnswer() {
		DeadlineExceededException failure = new DeadlineExceededException("x", Duration.ZERO, Duration.ZERO, null);

		assertThat(HttpProblem.of(new IllegalStateException(failure))).isNull();
		assertThat(HttpProblem.of(new IllegalStateException())).isNull();
		assertThat(HttpProblem.of(null)).isNull();
	}

	@Test
	void namesAreEscaped() {
		HttpProblem problem = new HttpProblem(HttpStatus.SERVICE_UNAVAILABLE, "x", "policy", "a\"b\\c\n\u00e9", null);

		assertThat(new String(problem.toJson(), StandardCharsets.UTF_8))
			.endsWith("\"policy\":\"a\\\"b\\\\c\\u000a\u00e9\"}");
	}

	private PolicyBuilder policy() {
		return Policy.builder("github").environment(PolicyEnvironment.builder().timer(this.timer).build());
	}

	private static String json(@Nullable Throwable failure) {
		HttpProblem problem = HttpProblem.of(failure);
		assertThat(problem).as(String.valueOf(failure)).isNotNull();
		return new String(problem.toJson(), StandardCharsets.UTF_8);
	}

	private static HttpHeaders headers(@Nullable Throwable failure) {
		HttpProblem problem = HttpProblem.of(failure);
		assertThat(problem).isNotNull();
		HttpHeaders headers = new HttpHeaders();
		problem.writeTo(headers, problem.toJson());
		return headers;
	}

}
