package io.asyncstarter.policy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The ways to call through a policy. Work is described by a future, for which a call that
 * returns a value waits.
 */
enum CallShape {

	SYNC {

		@Override
		CallInFlight start(Policy policy, @Nullable Object key, Supplier<CompletableFuture<String>> work,
				@Nullable Recovery<String> recovery) {
			CompletableFuture<String> result = new CompletableFuture<>();
			Thread thread = Thread.ofPlatform().daemon().start(() -> {
				try {
					result.complete(policy.call(key, () -> WorkFailures.get(work.get()), recovery));
				}
				catch (Throwable ex) {
					result.completeExceptionally(ex);
				}
			});
			return new CallInFlight(result, thread::interrupt);
		}

	},

	STAGE {

		@Override
		CallInFlight start(Policy policy, @Nullable Object key, Supplier<CompletableFuture<String>> work,
				@Nullable Recovery<String> recovery) {
			CompletableFuture<String> result = policy.stage(key, work, (recovery != null)
					? (failure) -> CompletableFuture.completedFuture(recovery.recover(failure)) : null);
			return new CallInFlight(result, () -> result.cancel(true));
		}

	},

	MONO {

		@Override
		CallInFlight start(Policy policy, @Nullable Object key, Supplier<CompletableFuture<String>> work,
				@Nullable Recovery<String> recovery) {
			CompletableFuture<String> result = new CompletableFuture<>();
			Disposable subscription = policy
				.mono(key, () -> Mono.fromFuture(work, false),
						(recovery != null) ? (failure) -> Mono.just(recovery.recover(failure)) : null)
				.subscribe(result::complete, result::completeExceptionally);
			return new CallInFlight(result, () -> {
				subscription.dispose();
				result.cancel(false);
			});
		}

	},

	FLUX {

		@Override
		CallInFlight start(Policy policy, @Nullable Object key, Supplier<CompletableFuture<String>> work,
				@Nullable Recovery<String> recovery) {
			CompletableFuture<String> result = new CompletableFuture<>();
			Disposable subscription = policy
				.flux(key, () -> Flux.from(Mono.fromFuture(work, false)),
						(recovery != null) ? (failure) -> Flux.just(recovery.recover(failure)) : null)
				.collectList()
				.subscribe((list) -> result.complete(String.join(",", list)), result::completeExceptionally);
			return new CallInFlight(result, () -> {
				subscription.dispose();
				result.cancel(false);
			});
		}

	};

	/**
	 * Returns one shape after the other.
	 */
	static CallShape at(int index) {
		List<CallShape> shapes = List.of(values());
		return shapes.get(index % shapes.size());
	}

	/**
	 * Starts a call.
	 */
	abstract CallInFlight start(Policy policy, @Nullable Object key, Supplier<CompletableFuture<String>> work,
			@Nullable Recovery<String> recovery);

	CallInFlight start(Policy policy, Supplier<CompletableFuture<String>> work) {
		return start(policy, null, work, null);
	}

}
