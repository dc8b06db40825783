package io.asyncstarter.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import org.springframework.web.reactive.function.BodyInserter;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ClientRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A request that can be sent more than once. Its body is recorded as it is sent the first
 * time and replayed from then on: the publisher that it came from may allow but one
 * subscription, and should not run twice in any case.
 */
final class ReplayableRequest {

	/*
	 * Attempts of a request with a body follow each other, so 'state' needs no more than
	 * to be seen by the next one. What was recorded is written before RECORDED is.
	 */

	private final ClientRequest request;

	private final boolean bodiless;

	private final boolean replay;

	private final ByteArrayOutputStream recorded = new ByteArrayOutputStream();

	private HttpHeaders headers = new HttpHeaders();

	private boolean empty;

	private volatile State state = State.UNTOUCHED;

	/**
	 * Creates a request.
	 * @param request the request
	 * @param replay whether it may have to be sent again after it was sent
	 */
	ReplayableRequest(ClientRequest request, boolean replay) {
		this.request = request;
		this.bodiless = request.body() == BodyInserters.<Void>empty();
		this.replay = replay && !this.bodiless;
	}

	boolean isBodiless() {
		return this.bodiless;
	}

	/**
	 * Returns whether the request can be sent now.
	 */
	boolean isReplayable() {
		return !this.replay || this.state == State.UNTOUCHED || this.state == State.RECORDED;
	}

	/**
	 * Returns the request for an attempt.
	 */
	ClientRequest next() {
		if (!this.replay) {
			return this.request;
		}
		BodyInserter<Void, ClientHttpRequest> body = (this.state == State.RECORDED) ? this::play : this::record;
		return ClientRequest.from(this.request).body(body).build();
	}

	private Mono<Void> record(ClientHttpRequest output, BodyInserter.Context context) {
		this.state = State.SENDING;
		return this.request.body().insert(new Recorder(output), context);
	}

	private Mono<Void> play(ClientHttpRequest output, BodyInserter.Context context) {
		this.headers.forEach((name, values) -> {
			if (!output.getHeaders().containsHeader(name)) {
				output.getHeaders().put(name, values);
			}
		});
		if (this.empty) {
			return output.setComplete();
		}
		return output.writeWith(Mono.fromSupplier(() -> output.bufferFactory().wrap(this.recorded.toByteArray())));
	}

	/**
	 * How far the body is.
	 */
	private enum State {

		UNTOUCHED, SENDING, RECORDED, LOST

	}

	/**
	 * Listens to what is sent.
	 */
	private final class Recorder extends ClientHttpRequestDecorator {

		Recorder(ClientHttpRequest output) {
			super(output);
		}

		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
			keepHeaders();
			return super.writeWith((body instanceof Mono<? extends DataBuffer> mono)
					? mono.doOnNext(this::keep).doOnSuccess((last) -> finish())
					: Flux.from(body).doOnNext(this::keep).doOnComplete(this::finish));
		}

		@Override
		public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
			ReplayableRequest.this.state = State.LOST;
			return super.writeAndFlushWith(body);
		}

		@Override
		public Mono<Void> setComplete() {
			keepHeaders();
			ReplayableRequest.this.empty = true;
			finish();
			return super.setComplete();
		}

		private void keepHeaders() {
			ReplayableRequest.this.headers = HttpHeaders.copyOf(getHeaders());
		}

		private void keep(DataBuffer buffer) {
			int length = buffer.readableByteCount();
			if (ReplayableRequest.this.recorded.size() + length > HttpOutcomes.MOST_KEPT) {
				ReplayableRequest.this.state = State.LOST;
				ReplayableRequest.this.recorded.reset();
			}
			if (ReplayableRequest.this.state == State.SENDING) {
				byte[] bytes = new byte[length];
				buffer.toByteBuffer(buffer.readPosition(), ByteBuffer.wrap(bytes), 0, length);
				ReplayableRequest.this.recorded.writeBytes(bytes);
			}
		}

		private void finish() {
			if (ReplayableRequest.this.state == State.SENDING) {
				ReplayableRequest.this.state = State.RECORDED;
			}
		}

	}

}
