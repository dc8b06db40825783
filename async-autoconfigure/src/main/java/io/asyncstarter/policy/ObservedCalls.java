package io.asyncstarter.policy;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.context.WorkObserver;
import io.asyncstarter.context.WorkObserver.ObservedWork;

/**
 * Observes the calls of a policy: each with an event for each of its attempts, and for
 * each that fails. Safe for use by multiple threads.
 *
 * @param observer the observer
 * @param name the name of the policy
 */
record ObservedCalls(WorkObserver observer, String name) {

	private static final String KIND = "policy";

	ObservedWork begin(@Nullable Object parent) {
		return this.observer.begin(KIND, this.name, parent);
	}

	<T extends @Nullable Object> T call(Callable<T> work, SyncCall<T> policy) throws Exception {
		ObservedWork observed = begin(null);
		Attempts attempts = new Attempts(observed);
		Throwable failure = null;
		TaskContext.Scope scope = observed.open();
		try {
			return policy.call(() -> attempts.run(work));
		}
		catch (Throwable ex) {
			failure = ex;
			throw ex;
		}
		finally {
			scope.close();
			observed.end(failure);
		}
	}

	<T extends @Nullable Object> CompletableFuture<T> stage(Supplier<? extends CompletionStage<T>> work,
			Function<Supplier<CompletionStage<T>>, CompletableFuture<T>> policy) {
		ObservedWork observed = begin(null);
		Attempts attempts = new Attempts(observed);
		CompletableFuture<T> future;
		TaskContext.Scope scope = observed.open();
		try {
			future = policy.apply(() -> attempts.start(work));
		}
		finally {
			scope.close();
		}
		// The future itself is the caller's, who cancels the call by it.
		CompletableFuture<T> unused = future.whenComplete((result, ex) -> observed.end(ex));
		return future;
	}

	/**
	 * A call of the policy on the caller's thread.
	 *
	 * @param <T> the type of the result
	 */
	@FunctionalInterface
	interface SyncCall<T extends @Nullable Object> {

		T call(Callable<T> work) throws Exception;

	}

	/**
	 * Counts the attempts of one call.
	 */
	static final class Attempts {

		private final ObservedWork observed;

		private final AtomicInteger count = new AtomicInteger();

		Attempts(ObservedWork observed) {
			this.observed = observed;
		}

		int begin() {
			int attempt = this.count.incrementAndGet();
			this.observed.event("attempt", "attempt %d".formatted(attempt));
			return attempt;
		}

		void failed(int attempt, Throwable failure) {
			this.observed.event("attempt.failed",
					"attempt %d failed: %s".formatted(attempt, unwrap(failure).getClass().getName()));
		}

		private static Throwable unwrap(Throwable failure) {
			Throwable cause = failure.getCause();
			return (failure instanceof CompletionException && cause != null) ? cause : failure;
		}

		<T extends @Nullable Object> T run(Callable<T> work) throws Exception {
			int attempt = begin();
			try {
				return work.call();
			}
			catch (Throwable ex) {
				failed(attempt, ex);
				throw ex;
			}
		}

		<T extends @Nullable Object> CompletionStage<T> start(Supplier<? extends CompletionStage<T>> work) {
			int attempt = begin();
			CompletionStage<T> stage;
			try {
				stage = work.get();
			}
			catch (Throwable ex) {
				failed(attempt, ex);
				throw ex;
			}
			if (stage == null) {
				return stage;
			}
			// Not the dependent stage: to cancel the work, its own future is needed.
			CompletionStage<T> unused = stage.whenComplete((result, ex) -> {
				if (ex != null) {
					failed(attempt, ex);
				}
			});
			return stage;
		}

	}

}
