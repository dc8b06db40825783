package io.asyncstarter.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.InstantSource;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.function.client.ClientResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/**
 * A failing response whose body is read into memory, so that its connection is free while
 * a further attempt is waited for, and the caller can be given the response nevertheless.
 */
final class FailedResponse {

	private final ClientResponse response;

	private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

	private @Nullable Throwable broken;

	private FailedResponse(ClientResponse response) {
		this.response = response;
	}

	/**
	 * Returns a stream that fails with a {@link FailedResponseException} once the body
	 * has been read.
	 */
	static Flux<Object> of(ClientResponse response) {
		return new FailedResponse(response).failure();
	}

	private Flux<Object> failure() {
		return this.response.bodyToFlux(DataBuffer.class).handle(this::keep).then().onErrorResume((failure) -> {
			this.broken = failure;
			return Mono.empty();
		})
			.thenMany(Flux.error(() -> new FailedResponseException(this.response.statusCode(),
					RetryAfterHeader.read(this.response.headers().asHttpHeaders(), InstantSource.system()),
					replica())));
	}

	private void keep(DataBuffer buffer, SynchronousSink<Void> sink) {
		byte[] bytes = new byte[Math.min(HttpOutcomes.MOST_KEPT - this.kept.size(), buffer.readableByteCount())];
		boolean whole = bytes.length == buffer.readableByteCount();
		buffer.toByteBuffer(buffer.readPosition(), ByteBuffer.wrap(bytes), 0, bytes.length);
		DataBufferUtils.release(buffer);
		this.kept.writeBytes(bytes);
		if (!whole) {
			sink.error(new DataBufferLimitException(HttpOutcomes.TOO_LONG));
		}
	}

	private ClientResponse replica() {
		byte[] bytes = this.kept.toByteArray();
		Throwable broken = this.broken;
		Publisher<DataBuffer> end = (broken != null) ? Mono.error(broken) : Mono.empty();
		Flux<DataBuffer> body = Flux
			.concat(Mono.fromSupplier(() -> DefaultDataBufferFactory.sharedInstance.wrap(bytes)), end);
		return this.response.mutate().body((read) -> body).build();
	}

}
