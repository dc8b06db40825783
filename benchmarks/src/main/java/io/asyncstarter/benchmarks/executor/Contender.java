package io.asyncstarter.benchmarks.executor;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.ThreadKind;

/**
 * The executors that are compared. All of them run the same number of tasks at once,
 * apart from the one that has no bound.
 */
public enum Contender {

	/**
	 * {@link BoundedExecutor} with virtual threads.
	 */
	BOUNDED_VIRTUAL {

		@Override
		OpenExecutor open(int maxConcurrency, int queueCapacity) {
			return bounded(ThreadKind.VIRTUAL, maxConcurrency, queueCapacity);
		}

	},

	/**
	 * {@link BoundedExecutor} with platform threads.
	 */
	BOUNDED_PLATFORM {

		@Override
		OpenExecutor open(int maxConcurrency, int queueCapacity) {
			return bounded(ThreadKind.PLATFORM, maxConcurrency, queueCapacity);
		}

	},

	/**
	 * Spring's {@link ThreadPoolTaskExecutor}: platform threads and a queue.
	 */
	THREAD_POOL_TASK_EXECUTOR {

		@Override
		OpenExecutor open(int maxConcurrency, int queueCapacity) {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setCorePoolSize(maxConcurrency);
			executor.setMaxPoolSize(maxConcurrency);
			executor.setQueueCapacity(queueCapacity);
			executor.setWaitForTasksToCompleteOnShutdown(true);
			executor.setAwaitTerminationSeconds(60);
			executor.initialize();
			return new OpenExecutor(executor::submit, executor::getQueueSize, executor::destroy);
		}

	},

	/**
	 * Spring's {@link SimpleAsyncTaskExecutor} with virtual threads and a concurrency
	 * limit. It has no queue: beyond the limit the submitter is blocked.
	 */
	SIMPLE_ASYNC_TASK_EXECUTOR {

		@Override
		OpenExecutor open(int maxConcurrency, int queueCapacity) {
			SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("benchmark-");
			executor.setVirtualThreads(true);
			executor.setConcurrencyLimit(maxConcurrency);
			return new OpenExecutor(executor::submit, () -> 0, executor::close);
		}

	},

	/**
	 * {@link Executors#newVirtualThreadPerTaskExecutor()} whose tasks first take a permit
	 * of a fair semaphore. So a waiting task is a thread, and their number has no bound.
	 */
	SEMAPHORE_IN_VIRTUAL_THREADS {

		@Override
		OpenExecutor open(int maxConcurrency, int queueCapacity) {
			Semaphore permits = new Semaphore(maxConcurrency, true);
			ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
			return new OpenExecutor((task) -> executor.submit(() -> callWithPermit(permits, task)),
					permits::getQueueLength, executor::close);
		}

	},

	/**
	 * {@link Executors#newVirtualThreadPerTaskExecutor()} as it is, without any bound.
	 */
	UNBOUNDED_VIRTUAL_THREADS {

		@Override
		OpenExecutor open(int maxConcurrency, int queueCapacity) {
			ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
			return new OpenExecutor(executor::submit, () -> 0, executor::close);
		}

	};

	/**
	 * Opens an executor of this kind.
	 * @param maxConcurrency how many tasks it runs at once
	 * @param queueCapacity how many tasks may wait, if it has a queue of its own
	 * @return the open executor
	 */
	abstract OpenExecutor open(int maxConcurrency, int queueCapacity);

	private static OpenExecutor bounded(ThreadKind threads, int maxConcurrency, int queueCapacity) {
		BoundedExecutor executor = BoundedExecutor.builder("benchmark")
			.threads(threads)
			.maxConcurrency(maxConcurrency)
			.queueCapacity(queueCapacity)
			.build();
		return new OpenExecutor(executor::submit, executor::getQueuedCount, executor::close);
	}

	private static Integer callWithPermit(Semaphore permits, Callable<Integer> task) throws Exception {
		permits.acquire();
		try {
			return task.call();
		}
		finally {
			permits.release();
		}
	}

}
