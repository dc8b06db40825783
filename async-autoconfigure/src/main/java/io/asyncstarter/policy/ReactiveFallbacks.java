package io.asyncstarter.policy;

import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * Makes publishers of what a policy's fallback answers.
 */
final class ReactiveFallbacks {

	private ReactiveFallbacks() {
	}

	@SuppressWarnings("unchecked") // the policy's fallback fits its calls
	static <T> @Nullable Recovery<Publisher<? extends T>> publisher(@Nullable Recovery<?> fallback) {
		if (fallback == null) {
			return null;
		}
		return (failure) -> (Publisher<? extends T>) publisherOf(fallback.recover(failure));
	}

	static Publisher<?> publisherOf(@Nullable Object answer) {
		return switch (answer) {
			case Publisher<?> publisher -> publisher;
			case CompletionStage<?> stage -> Mono.fromCompletionStage(stage);
			case null -> Mono.empty();
			default -> Mono.just(answer);
		};
	}

}
