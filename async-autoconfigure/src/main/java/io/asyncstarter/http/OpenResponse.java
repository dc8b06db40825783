package io.asyncstarter.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Callable;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.policy.OpenAttempt;
import io.asyncstarter.policy.OpenResult;

/**
 * A response whose attempt lasts until its body has been read or it is closed.
 */
final class OpenResponse implements ClientHttpResponse, OpenResult {

	private static final Log logger = LogFactory.getLog(OpenResponse.class);

	private final ClientHttpResponse response;

	private final Deadline deadline;

	private @Nullable InputStream body;

	private volatile @Nullable OpenAttempt attempt;

	OpenResponse(ClientHttpResponse response, Deadline deadline) {
		this.response = response;
		this.deadline = deadline;
	}

	@Override
	public Deadline deadline() {
		return this.deadline;
	}

	@Override
	public void opened(OpenAttempt attempt) {
		this.attempt = attempt;
	}

	@Override
	public HttpStatusCode getStatusCode() throws IOException {
		return this.response.getStatusCode();
	}

	@Override
	public String getStatusText() throws IOException {
		return this.response.getStatusText();
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.response.getHeaders();
	}

	@Override
	public InputStream getBody() throws IOException {
		if (this.body == null) {
			this.body = new Body(this.response.getBody());
		}
		return this.body;
	}

	@Override
	public void close() {
		OpenAttempt attempt = this.attempt;
		if (attempt != null) {
			attempt.close(this::closeInTime);
		}
		else {
			this.response.close();
		}
	}

	/**
	 * Clients read a body to its end to keep the connection, which may take long.
	 */
	private void closeInTime() {
		try {
			BodyGuard.by(this.deadline, this.response.getBody(), () -> {
				this.response.close();
				return true;
			});
		}
		catch (Exception ex) {
			logger.debug("A response could not be closed in time", ex);
		}
	}

	/**
	 * A body that is read within the attempt.
	 */
	private final class Body extends FilterInputStream {

		Body(InputStream body) {
			super(body);
		}

		@Override
		public int read() throws IOException {
			return within(super::read);
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			return within(() -> super.read(bytes, offset, length));
		}

		@Override
		public long skip(long count) throws IOException {
			return within(() -> super.skip(count));
		}

		@Override
		public void close() throws IOException {
			OpenResponse.this.close();
		}

		private <N extends Number> N within(Callable<N> read) throws IOException {
			OpenAttempt attempt = OpenResponse.this.attempt;
			if (attempt == null) {
				throw new IOException("The response is not open");
			}
			try {
				N number = attempt.call(() -> BodyGuard.by(OpenResponse.this.deadline, this.in, read));
				if (number.longValue() < 0) {
					attempt.succeeded();
				}
				return number;
			}
			catch (IOException | RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new IOException(ex);
			}
		}

	}

}
