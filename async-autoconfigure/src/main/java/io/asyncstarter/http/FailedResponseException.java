package io.asyncstarter.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;

import io.asyncstarter.policy.RetryAfter;

/**
 * What a policy sees of an answer 429 or 5xx: the attempt failed. If there is no further
 * attempt, the caller gets the answer as it was, and never this exception. It is public
 * so that {@code retry.on}, {@code retry.except} and the circuit breaker's {@code record}
 * and {@code ignore} can name it; {@link IOException} includes it.
 *
 * @since 0.1.0
 */
public final class FailedResponseException extends IOException implements RetryAfter {

	private final HttpStatusCode statusCode;

	private final @Nullable Duration retryAfter;

	private final transient Object response;

	FailedResponseException(HttpStatusCode statusCode, @Nullable Duration retryAfter, Object response) {
		super("The server answered %d".formatted(statusCode.value()));
		this.statusCode = statusCode;
		this.retryAfter = retryAfter;
		this.response = response;
	}

	/**
	 * Returns the status of the answer.
	 * @return the status
	 */
	public HttpStatusCode getStatusCode() {
		return this.statusCode;
	}

	@Override
	public Optional<Duration> getRetryAfter() {
		return Optional.ofNullable(this.retryAfter);
	}

	/**
	 * Returns the answer, in the type of the client in question.
	 */
	<R> R response(Class<R> type) {
		return type.cast(this.response);
	}

	/**
	 * The place is always the same, so the stack is left out.
	 */
	@Override
	@SuppressWarnings("NonSynchronizedMethodOverridesSynchronizedMethod") // nothing to
																			// guard
	public Throwable fillInStackTrace() {
		return this;
	}

}
