package io.asyncstarter.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.support.HttpRequestWrapper;

import io.asyncstarter.deadline.BriefLock;
import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.policy.Policy;

/**
 * The execution of a request under a policy. Used once.
 */
final class PolicyExecution extends BriefLock {

	/*
	 * Attempts may run beside each other, and one that was given up may still have its
	 * response later. So, guarded by the lock: a response is in 'open' until the call has
	 * ended ('ended'), which closes all but its own; after that, each is closed as it
	 * comes.
	 */

	private final HttpRequest request;

	private final byte[] body;

	private final ClientHttpRequestExecution execution;

	private final List<OpenResponse> open = new ArrayList<>(1);

	private boolean ended;

	PolicyExecution(HttpRequest request, byte[] body, ClientHttpRequestExecution execution) {
		this.request = request;
		this.body = body;
		this.execution = execution;
	}

	ClientHttpResponse execute(Policy policy, HttpPolicyOptions options) throws IOException {
		boolean repeatable = options.retryMethods().contains(this.request.getMethod());
		RequestRepeatability repeatability = new RequestRepeatability(repeatable, () -> true, true, (failure) -> false);
		ClientHttpResponse response = null;
		try {
			response = policy.repeating(repeatability).call(options.key().of(this.request.getURI()), this::attempt);
			return response;
		}
		catch (FailedResponseException ex) {
			return ex.response(ClientHttpResponse.class);
		}
		catch (IOException | RuntimeException ex) {
			throw ex;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			InterruptedIOException interrupted = new InterruptedIOException(
					"Interrupted before the response was there");
			interrupted.initCause(ex);
			throw interrupted;
		}
		catch (Exception ex) {
			throw new IOException(ex);
		}
		finally {
			closeAllBut(response);
		}
	}

	private ClientHttpResponse attempt() throws Exception {
		Deadline deadline = Deadline.current();
		ClientHttpResponse response = this.execution.execute(new Attempt(this.request), this.body);
		if (HttpOutcomes.isFailure(response.getStatusCode())) {
			throw KeptResponse.failure(response, deadline);
		}
		OpenResponse opened = new OpenResponse(response, deadline);
		if (!keep(opened)) {
			opened.close();
			throw new CancellationException("The call has ended without this attempt");
		}
		return opened;
	}

	private boolean keep(OpenResponse response) {
		acquire();
		try {
			return !this.ended && this.open.add(response);
		}
		finally {
			release();
		}
	}

	private void closeAllBut(@Nullable ClientHttpResponse own) {
		List<OpenResponse> others;
		acquire();
		try {
			this.ended = true;
			others = (this.open.size() > 1 || own == null) ? List.copyOf(this.open) : List.of();
		}
		finally {
			release();
		}
		for (OpenResponse other : others) {
			if (other != own) {
				other.close();
			}
		}
	}

	/**
	 * The request of an attempt, whose headers interceptors may change without the next
	 * attempt having them too.
	 */
	private static final class Attempt extends HttpRequestWrapper {

		private final HttpHeaders headers;

		Attempt(HttpRequest request) {
			super(request);
			this.headers = HttpHeaders.copyOf(request.getHeaders());
		}

		@Override
		public HttpHeaders getHeaders() {
			return this.headers;
		}

	}

}
