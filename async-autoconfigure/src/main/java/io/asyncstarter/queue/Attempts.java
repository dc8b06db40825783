package io.asyncstarter.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * The attempts to process some items. Safe for use by multiple threads, since a policy
 * may make attempts side by side.
 *
 * @param <T> the type of the items
 */
final class Attempts<T> implements Callable<@Nullable Void> {

	private final WorkQueue<T> queue;

	private final QueueFunction<List<Delivery<T>>> handler;

	private final AtomicInteger count = new AtomicInteger();

	/**
	 * The items that are not processed yet.
	 */
	private volatile List<Entry<T>> remaining;

	Attempts(WorkQueue<T> queue, QueueFunction<List<Delivery<T>>> handler, List<Entry<T>> items) {
		this.queue = queue;
		this.handler = handler;
		this.remaining = items;
	}

	@Override
	public @Nullable Void call() throws Exception {
		int attempt = this.count.incrementAndGet();
		List<Entry<T>> items = this.remaining;
		List<Delivery<T>> deliveries = new ArrayList<>(items.size());
		for (Entry<T> entry : items) {
			deliveries.add(new Delivery<>(entry, this.queue, attempt));
		}
		try {
			AsyncResults.await(this.handler.apply(deliveries));
		}
		catch (FailedItemsException ex) {
			this.remaining = failed(items, ex);
			throw ex;
		}
		return null;
	}

	private static <T> List<Entry<T>> failed(List<Entry<T>> items, FailedItemsException failure) {
		return failure.getFailures().keySet().stream().filter((index) -> index < items.size()).map(items::get).toList();
	}

	/**
	 * Makes dead letters of the items that are not processed.
	 * @param cause why there are no more attempts
	 * @return how many there are
	 */
	int giveUp(Throwable cause) {
		List<Entry<T>> left = this.remaining;
		List<Throwable> causes = (cause instanceof FailedItemsException failure)
				? List.copyOf(failure.getFailures().values()) : List.of();
		for (int i = 0; i < left.size(); i++) {
			Throwable own = (causes.size() == left.size()) ? causes.get(i) : cause;
			this.queue.deadLetters().failed(left.get(i), own, this.count.get());
		}
		return left.size();
	}

}
