package io.asyncstarter.queue;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * Waits for what handlers return.
 */
final class AsyncResults {

	private static final boolean REACTOR_PRESENT = ClassUtils.isPresent("reactor.core.publisher.Flux",
			AsyncResults.class.getClassLoader());

	private AsyncResults() {
	}

	/**
	 * Waits until a result is there if it is one that comes later.
	 * @throws InterruptedException if the thread is interrupted; the result has been
	 * cancelled then
	 * @throws Exception if the result is a failure
	 */
	static void await(@Nullable Object result) throws Exception {
		Future<?> future = future(result);
		if (future == null) {
			return;
		}
		try {
			future.get();
		}
		catch (InterruptedException ex) {
			future.cancel(true);
			throw ex;
		}
		catch (ExecutionException ex) {
			throw unwrap(ex);
		}
	}

	private static @Nullable Future<?> future(@Nullable Object result) {
		if (result instanceof CompletionStage<?> stage) {
			return stage.toCompletableFuture();
		}
		return (result != null && REACTOR_PRESENT) ? ReactiveResults.future(result) : null;
	}

	private static Exception unwrap(ExecutionException failure) {
		Throwable cause = failure.getCause();
		while (cause instanceof CompletionException && cause.getCause() != null) {
			cause = cause.getCause();
		}
		if (cause instanceof Error error) {
			throw error;
		}
		return (cause instanceof Exception exception) ? exception : failure;
	}

}
