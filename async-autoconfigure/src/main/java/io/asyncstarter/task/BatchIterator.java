package io.asyncstarter.task;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Items in batches, each of which is made when it is asked for.
 *
 * @param <T> the type of the items
 * @param items the items
 * @param size how many items a batch has
 */
record BatchIterator<T>(Iterator<? extends T> items, int size) implements Iterator<List<T>> {

	@Override
	public boolean hasNext() {
		return this.items.hasNext();
	}

	@Override
	public List<T> next() {
		List<T> batch = new ArrayList<>();
		while (batch.size() < this.size && this.items.hasNext()) {
			batch.add(this.items.next());
		}
		if (batch.isEmpty()) {
			throw new NoSuchElementException("There are no more items");
		}
		return Collections.unmodifiableList(batch);
	}

}
