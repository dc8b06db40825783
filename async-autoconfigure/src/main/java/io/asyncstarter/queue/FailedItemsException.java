package io.asyncstarter.queue;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

import org.springframework.util.Assert;

/**
 * Thrown by a handler of batches to say that some items of the batch failed and the
 * others are done. Only those that failed are retried, and become dead letters in the
 * end.
 *
 * @since 0.1.0
 */
public class FailedItemsException extends RuntimeException {

	private final SortedMap<Integer, Throwable> failures;

	/**
	 * Creates an exception.
	 * @param failures why items failed, by their index in the list that the handler was
	 * given; at least one
	 */
	@SuppressWarnings("this-escape") // addSuppressed is final
	public FailedItemsException(SortedMap<Integer, ? extends Throwable> failures) {
		super("%d items of a batch failed".formatted(failures.size()));
		Assert.notEmpty(failures, "'failures' must not be empty");
		this.failures = Collections.unmodifiableSortedMap(new TreeMap<Integer, Throwable>(failures));
		for (Throwable failure : this.failures.values().stream().distinct().limit(8).toList()) {
			addSuppressed(failure);
		}
	}

	/**
	 * Returns why items failed.
	 * @return the failures by the index of the item, unmodifiable
	 */
	public SortedMap<Integer, Throwable> getFailures() {
		return this.failures;
	}

}
