package io.asyncstarter.sample.streaming;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * One answer, seen from the server's side. Instances are safe for use by multiple
 * threads.
 *
 * @since 0.1.0
 */
public final class StreamWatch implements AutoCloseable {

	private final AtomicInteger made = new AtomicInteger();

	private final CompletableFuture<Boolean> abandoned = new CompletableFuture<>();

	private final IntConsumer onItem;

	private final Runnable onClose;

	StreamWatch(IntConsumer onItem, Runnable onClose) {
		this.onItem = onItem;
		this.onClose = onClose;
	}

	void made(int item) {
		this.made.incrementAndGet();
		this.onItem.accept(item);
	}

	void ended(boolean abandoned) {
		this.abandoned.complete(abandoned);
	}

	/**
	 * The items that were made so far.
	 * @return their number
	 */
	public int made() {
		return this.made.get();
	}

	/**
	 * Wait until the server is done with the answer.
	 * @return whether it is because the client has gone
	 * @throws InterruptedException if this thread was interrupted
	 * @throws ExecutionException never
	 */
	public boolean awaitEnd() throws InterruptedException, ExecutionException {
		return this.abandoned.get();
	}

	@Override
	public void close() {
		this.onClose.run();
	}

}
