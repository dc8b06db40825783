package io.asyncstarter.benchmarks.task;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.IntUnaryOperator;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import io.asyncstarter.task.Tasks;

/**
 * The ways to call a blocking function with many items, with a bounded number of them at
 * a time, that are compared. All keep the order unless they say otherwise.
 */
public enum BoundedMap {

	/**
	 * {@link Tasks#map}.
	 */
	TASKS_MAP {

		@Override
		long sum(int items, int limit, IntUnaryOperator function) throws Exception {
			return TASKS.map(source(items), limit, function::applyAsInt).stream().mapToLong(Integer::longValue).sum();
		}

	},

	/**
	 * {@link Tasks#mapping} as a stream.
	 */
	TASKS_STREAM {

		@Override
		long sum(int items, int limit, IntUnaryOperator function) {
			return TASKS.mapping(source(items), limit, function::applyAsInt)
				.stream()
				.mapToLong(Integer::longValue)
				.sum();
		}

	},

	/**
	 * {@link Tasks#mapping} as a Flux.
	 */
	TASKS_FLUX {

		@Override
		long sum(int items, int limit, IntUnaryOperator function) {
			return sumOf(TASKS.mapping(source(items), limit, function::applyAsInt).flux());
		}

	},

	/**
	 * {@link Gatherers#mapConcurrent}.
	 */
	GATHERERS_MAP_CONCURRENT {

		@Override
		long sum(int items, int limit, IntUnaryOperator function) {
			return IntStream.range(0, items)
				.boxed()
				.gather(Gatherers.mapConcurrent(limit, function::applyAsInt))
				.mapToLong(Integer::longValue)
				.sum();
		}

	},

	/**
	 * Reactor's {@link Flux#flatMap}, on virtual threads, in the order of completion.
	 */
	REACTOR_FLAT_MAP {

		@Override
		long sum(int items, int limit, IntUnaryOperator function) {
			return sumOf(Flux.range(0, items)
				.flatMap((item) -> Mono.fromCallable(() -> function.applyAsInt(item)).subscribeOn(VIRTUAL), limit));
		}

	},

	/**
	 * A virtual thread for every item, and a semaphore: not bounded in memory.
	 */
	SEMAPHORE {

		@Override
		long sum(int items, int limit, IntUnaryOperator function) throws Exception {
			Semaphore permits = new Semaphore(limit);
			List<Future<Integer>> results = new ArrayList<>(items);
			try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
				for (int i = 0; i < items; i++) {
					int item = i;
					permits.acquire();
					results.add(executor.submit(() -> {
						try {
							return function.applyAsInt(item);
						}
						finally {
							permits.release();
						}
					}));
				}
			}
			long sum = 0;
			for (Future<Integer> result : results) {
				sum += result.get();
			}
			return sum;
		}

	};

	private static final Tasks TASKS = Tasks.create();

	private static final Scheduler VIRTUAL = Schedulers
		.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor());

	private static Iterable<Integer> source(int items) {
		return () -> IntStream.range(0, items).iterator();
	}

	private static long sumOf(Flux<Integer> results) {
		Long sum = results.map(Integer::longValue).reduce(0L, Long::sum).block();
		return (sum != null) ? sum : 0;
	}

	abstract long sum(int items, int limit, IntUnaryOperator function) throws Exception;

}
