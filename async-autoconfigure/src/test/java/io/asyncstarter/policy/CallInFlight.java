package io.asyncstarter.policy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A call that was started.
 *
 * @param result its result
 * @param cancellation how to cancel it
 */
record CallInFlight(CompletableFuture<String> result, Runnable cancellation) {

	String value() throws Exception {
		return this.result.get(10, TimeUnit.SECONDS);
	}

	Throwable failure() throws Exception {
		try {
			throw new AssertionError("Call did not fail but returned " + value());
		}
		catch (ExecutionException ex) {
			return Cancellations.unwrap(ex);
		}
	}

	/**
	 * Cancels the call and waits for its end.
	 */
	void cancel() {
		this.cancellation.run();
		this.result.handle((value, failure) -> "ended").orTimeout(10, TimeUnit.SECONDS).join();
	}

}
