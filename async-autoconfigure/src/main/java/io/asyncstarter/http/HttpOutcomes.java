package io.asyncstarter.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.util.Set;

import org.springframework.core.task.TaskRejectedException;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

import io.asyncstarter.policy.AttemptTimeoutException;
import io.asyncstarter.policy.PolicyRejectedException;

/**
 * What policies hold of the outcome of an HTTP exchange: what counts as a failure, and
 * what may be repeated.
 */
final class HttpOutcomes {

	/**
	 * Methods that may be sent twice without another effect (RFC 9110, section 9.2.2).
	 */
	static final Set<HttpMethod> IDEMPOTENT = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS,
			HttpMethod.PUT, HttpMethod.DELETE, HttpMethod.TRACE);

	/**
	 * How much of a body is kept in memory: of a request, to send it again, and of a
	 * failing response, to show it to the caller after its connection was released.
	 */
	static final int MOST_KEPT = 256 * 1024;

	static final String TOO_LONG = "The body of a failing response is longer than the %d bytes that are kept of it"
		.formatted(MOST_KEPT);

	private HttpOutcomes() {
	}

	/**
	 * Returns whether an answer is a failure for circuit breaker and retry. Other 4xx
	 * tell the caller of its own mistake, and that the server works.
	 */
	static boolean isFailure(HttpStatusCode status) {
		return status.is5xxServerError() || status.isSameCodeAs(HttpStatus.TOO_MANY_REQUESTS);
	}

	/**
	 * Returns whether a failure may be gone by the next attempt.
	 */
	static boolean isTransient(Throwable failure) {
		if (failure instanceof FailedResponseException response) {
			return !response.getStatusCode().isSameCodeAs(HttpStatus.NOT_IMPLEMENTED)
					&& !response.getStatusCode().isSameCodeAs(HttpStatus.HTTP_VERSION_NOT_SUPPORTED);
		}
		return failure instanceof IOException || failure instanceof AttemptTimeoutException || wasNotSent(failure);
	}

	/**
	 * Returns whether a request certainly has not reached the server: a policy or an
	 * executor did not let it through, or there was no connection.
	 */
	static boolean wasNotSent(Throwable failure) {
		return failure instanceof PolicyRejectedException || failure instanceof TaskRejectedException
				|| failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException
				|| failure instanceof UnknownHostException || failure instanceof NoRouteToHostException;
	}

}
