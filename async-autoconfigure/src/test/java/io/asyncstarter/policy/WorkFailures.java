package io.asyncstarter.policy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Work that waits for a future and fails as it does.
 */
final class WorkFailures {

	private WorkFailures() {
	}

	static <T> T get(CompletableFuture<T> future) throws Exception {
		try {
			return future.get();
		}
		catch (InterruptedException ex) {
			future.cancel(true);
			throw ex;
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof Exception cause) {
				throw cause;
			}
			throw ex;
		}
	}

	static CompletableFuture<String> failed(String message) {
		return CompletableFuture.failedFuture(new IOException(message));
	}

}
