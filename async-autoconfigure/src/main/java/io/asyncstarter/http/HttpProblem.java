package io.asyncstarter.http;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.executor.ExecutorSaturatedException;
import io.asyncstarter.executor.ExecutorShutDownException;
import io.asyncstarter.executor.QueueTimeoutException;
import io.asyncstarter.policy.AttemptTimeoutException;
import io.asyncstarter.policy.BulkheadFullException;
import io.asyncstarter.policy.CircuitBreakerOpenException;
import io.asyncstarter.policy.RateLimitExceededException;

/**
 * What a client is told of a rejection or a timeout of ours, as a problem of RFC 9457: no
 * more than the name of the policy or executor.
 *
 * @param status the status of the answer
 * @param detail what has happened
 * @param member the name of the member that says where, or {@code null} if there is none
 * @param name the value of it
 * @param retryAfter when to try again, or {@code null} if that is not known
 */
record HttpProblem(HttpStatus status, String detail, @Nullable String member, String name,
		@Nullable Duration retryAfter) {

	private static final int DEEPEST_CAUSE = 16;

	static final HttpProblem TIME_IS_UP = new HttpProblem(HttpStatus.GATEWAY_TIMEOUT, "The time for the request is up.",
			null, "", null);

	/**
	 * Returns the problem that a failure stands for.
	 * @param failure the failure, which may be wrapped the way that futures, proxies and
	 * HTTP clients do
	 * @return the problem, or {@code null} if the failure is none of ours
	 */
	static @Nullable HttpProblem of(@Nullable Throwable failure) {
		Throwable candidate = failure;
		for (int depth = 0; candidate != null && depth < DEEPEST_CAUSE; depth++) {
			HttpProblem problem = ofUnwrapped(candidate);
			if (problem != null) {
				return problem;
			}
			candidate = (isWrapper(candidate)) ? candidate.getCause() : null;
		}
		return null;
	}

	private static @Nullable HttpProblem ofUnwrapped(Throwable failure) {
		return switch (failure) {
			case RateLimitExceededException ex -> new HttpProblem(HttpStatus.TOO_MANY_REQUESTS,
					"The rate limit is exceeded.", "policy", ex.getPolicyName(), ex.getRetryAfter());
			case CircuitBreakerOpenException ex -> unavailable("The service behind this one is not asked for now.",
					"policy", ex.getPolicyName(), ex.getRetryAfter().orElse(null));
			case BulkheadFullException ex ->
				unavailable("Too many calls are in flight.", "policy", ex.getPolicyName(), null);
			case ExecutorSaturatedException ex ->
				unavailable("Too much work is waiting.", "executor", ex.getExecutorName(), null);
			case QueueTimeoutException ex ->
				unavailable("Too much work is waiting.", "executor", ex.getExecutorName(), null);
			case ExecutorShutDownException ex ->
				unavailable("The application is stopping.", "executor", ex.getExecutorName(), null);
			case AttemptTimeoutException ex -> new HttpProblem(HttpStatus.GATEWAY_TIMEOUT, "A call took too long.",
					"policy", ex.getPolicyName(), null);
			case DeadlineExceededException ex -> TIME_IS_UP;
			default -> null;
		};
	}

	private static HttpProblem unavailable(String detail, String member, String name, @Nullable Duration retryAfter) {
		return new HttpProblem(HttpStatus.SERVICE_UNAVAILABLE, detail, member, name, retryAfter);
	}

	/**
	 * Returns whether an exception but carries another one. Those of the application are
	 * its own answer.
	 */
	private static boolean isWrapper(Throwable failure) {
		if (failure instanceof CompletionException || failure instanceof ExecutionException
				|| failure instanceof UndeclaredThrowableException || failure instanceof InvocationTargetException) {
			return true;
		}
		// Not by type, since each of them may be absent.
		String type = failure.getClass().getName();
		return type.startsWith("reactor.core.Exceptions$") || type.startsWith("org.springframework.web.client.")
				|| type.startsWith("org.springframework.web.reactive.function.client.")
				|| type.equals("jakarta.servlet.ServletException");
	}

	/**
	 * Sets the headers of the answer, in place of those of an answer that will not be.
	 */
	void writeTo(HttpHeaders headers, byte[] body) {
		headers.remove(HttpHeaders.CONTENT_ENCODING);
		headers.remove(HttpHeaders.ETAG);
		headers.remove(HttpHeaders.LAST_MODIFIED);
		headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
		headers.setContentLength(body.length);
		if (this.retryAfter != null) {
			headers.set(HttpHeaders.RETRY_AFTER, RetryAfterHeader.write(this.retryAfter));
		}
	}

	/**
	 * Returns the body of the answer. It is written here so that it does not depend on
	 * what the application can convert.
	 */
	byte[] toJson() {
		StringBuilder json = new StringBuilder("{\"title\":");
		quote(this.status.getReasonPhrase(), json);
		json.append(",\"status\":").append(this.status.value()).append(",\"detail\":");
		quote(this.detail, json);
		if (this.member != null) {
			json.append(',');
			quote(this.member, json);
			json.append(':');
			quote(this.name, json);
		}
		return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
	}

	private static void quote(String text, StringBuilder json) {
		json.append('"');
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			if (character == '"' || character == '\\') {
				json.append('\\').append(character);
			}
			else if (character < ' ') {
				json.append("\\u%04x".formatted((int) character));
			}
			else {
				json.append(character);
			}
		}
		json.append('"');
	}

}
