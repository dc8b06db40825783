package io.asyncstarter.http;

import java.io.IOException;

import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.Assert;

import io.asyncstarter.deadline.Deadline;

/**
 * Tells the servers that a {@code RestClient} or {@code RestTemplate} asks how much time
 * they have: what is left of {@link Deadline#current()}. Added after a
 * {@link PolicyRequestInterceptor}, it tells what each attempt has. When nothing is left,
 * the server is not asked.
 *
 * @since 0.1.0
 */
public final class DeadlineRequestInterceptor implements ClientHttpRequestInterceptor {

	private final DeadlineHeader header;

	/**
	 * Creates an interceptor.
	 * @param header the header, whose maximum is for requests that come in only
	 */
	public DeadlineRequestInterceptor(DeadlineHeader header) {
		Assert.notNull(header, "'header' must not be null");
		this.header = header;
	}

	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		Deadline deadline = Deadline.current();
		if (!deadline.isUnbounded()) {
			if (deadline.isExpired()) {
				throw DeadlineHeader.exceeded(request.getURI());
			}
			request.getHeaders().set(this.header.getName(), DeadlineHeader.write(deadline));
		}
		return execution.execute(request, body);
	}

}
