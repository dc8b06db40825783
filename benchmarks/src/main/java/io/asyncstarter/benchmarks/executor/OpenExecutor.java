package io.asyncstarter.benchmarks.executor;

import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.function.IntSupplier;

/**
 * An executor that takes part in a benchmark and is open for tasks.
 *
 * @param submission how it takes a task
 * @param queued how many tasks wait for one of its permits or threads
 * @param closing how it is closed: the tasks it has run to their end
 */
record OpenExecutor(Submission submission, IntSupplier queued, Runnable closing) {

	Future<Integer> submit(Callable<Integer> task) {
		return this.submission.submit(task);
	}

	int countQueued() {
		return this.queued.getAsInt();
	}

	void close() {
		this.closing.run();
	}

	/**
	 * Submits one task.
	 */
	@FunctionalInterface
	interface Submission {

		Future<Integer> submit(Callable<Integer> task);

	}

}
