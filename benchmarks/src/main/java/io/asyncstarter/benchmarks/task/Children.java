package io.asyncstarter.benchmarks.task;

import java.util.concurrent.Callable;

/**
 * Pieces of work that one thread has started beside itself, and waits for.
 */
interface Children extends AutoCloseable {

	/**
	 * Starts one more.
	 */
	void fork(Callable<Integer> work);

	/**
	 * Waits for all of them.
	 * @return the sum of their results
	 */
	long join() throws Exception;

	@Override
	default void close() {
	}

}
