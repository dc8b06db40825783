package io.asyncstarter.http;

import java.util.concurrent.atomic.AtomicBoolean;

import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.reactive.function.client.ClientResponse;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/**
 * A response and then its body, as one stream. The connection is released whenever the
 * stream is cancelled.
 */
final class ResponseParts {

	private ResponseParts() {
	}

	static Flux<Object> of(ClientResponse response) {
		AtomicBoolean taken = new AtomicBoolean();
		Flux<DataBuffer> body = response.bodyToFlux(DataBuffer.class);
		return Flux
			.<Object>concat(Flux.just(response),
					Flux.defer(() -> (taken.compareAndSet(false, true)) ? body : Flux.<DataBuffer>empty()))
			.doOnCancel(() -> {
				if (taken.compareAndSet(false, true)) {
					cancel(body);
				}
			});
	}

	/**
	 * Cancels a body that nobody has subscribed to, which nothing else can do. If the
	 * client has released it in the same moment, it refuses.
	 */
	private static void cancel(Flux<DataBuffer> body) {
		body.subscribe(new BaseSubscriber<DataBuffer>() {

			@Override
			protected void hookOnSubscribe(Subscription subscription) {
				subscription.cancel();
			}

			@Override
			protected void hookOnError(Throwable refusal) {
			}

		});
	}

}
