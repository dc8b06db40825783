package io.asyncstarter.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.InstantSource;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.Interruption;

/**
 * A failing response that was read into memory, so that its connection is free while a
 * further attempt is waited for.
 *
 * @param getStatusCode the status
 * @param getStatusText its text
 * @param getHeaders the headers
 * @param bytes what there is of the body
 * @param broken why it is not all, or {@code null} if it is
 */
@SuppressWarnings("ArrayRecordComponent") // neither compared nor handed out
record KeptResponse(HttpStatusCode getStatusCode, String getStatusText, HttpHeaders getHeaders, byte[] bytes,
		@Nullable IOException broken) implements ClientHttpResponse {

	/**
	 * Reads a failing response and closes it.
	 * @param response the response
	 * @param deadline by when
	 * @throws Exception if the thread is interrupted
	 */
	static FailedResponseException failure(ClientHttpResponse response, Deadline deadline) throws Exception {
		KeptResponse kept = BodyGuard.by(deadline, response.getBody(), () -> {
			try (response) {
				return read(response);
			}
		});
		return new FailedResponseException(kept.getStatusCode(),
				RetryAfterHeader.read(kept.getHeaders(), InstantSource.system()), kept);
	}

	private static KeptResponse read(ClientHttpResponse response) throws IOException {
		byte[] bytes = new byte[0];
		IOException broken = null;
		try (InputStream body = response.getBody()) {
			bytes = body.readNBytes(HttpOutcomes.MOST_KEPT + 1);
		}
		catch (IOException ex) {
			if (Interruption.in(ex) != Interruption.ABSENT) {
				throw ex;
			}
			broken = ex;
		}
		if (bytes.length > HttpOutcomes.MOST_KEPT) {
			bytes = Arrays.copyOf(bytes, HttpOutcomes.MOST_KEPT);
			broken = new IOException(HttpOutcomes.TOO_LONG);
		}
		HttpHeaders headers = HttpHeaders.readOnlyHttpHeaders(HttpHeaders.copyOf(response.getHeaders()));
		return new KeptResponse(response.getStatusCode(), response.getStatusText(), headers, bytes, broken);
	}

	@Override
	public InputStream getBody() {
		InputStream kept = new ByteArrayInputStream(this.bytes);
		return (this.broken != null) ? new SequenceInputStream(kept, new BrokenStream(this.broken)) : kept;
	}

	@Override
	public void close() {
	}

	/**
	 * A stream that cannot be read.
	 */
	private static final class BrokenStream extends InputStream {

		private final IOException failure;

		BrokenStream(IOException failure) {
			this.failure = failure;
		}

		@Override
		public int read() throws IOException {
			throw this.failure;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			throw this.failure;
		}

	}

}
