package io.asyncstarter.benchmarks.queue;

/**
 * Something that producers put items in and consumers take them from.
 */
interface Transfer {

	/**
	 * Puts an item, waiting for room.
	 */
	void put(Object item) throws InterruptedException;

	/**
	 * Takes an item, waiting for it.
	 */
	Object take() throws InterruptedException;

}
