package io.asyncstarter.policy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * Makes stages of what a policy's fallback answers.
 */
final class Fallbacks {

	private Fallbacks() {
	}

	@SuppressWarnings("unchecked") // the policy's fallback fits its calls
	static <T extends @Nullable Object> @Nullable Recovery<CompletionStage<T>> stage(@Nullable Recovery<?> fallback) {
		if (fallback == null) {
			return null;
		}
		return (failure) -> {
			Object answer = fallback.recover(failure);
			return (answer instanceof CompletionStage<?> stage) ? (CompletionStage<T>) stage
					: (CompletionStage<T>) CompletableFuture.completedFuture(answer);
		};
	}

}
