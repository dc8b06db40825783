package io.asyncstarter.benchmarks.task;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import io.asyncstarter.task.Subtask;
import io.asyncstarter.task.TaskGroup;
import io.asyncstarter.task.Tasks;

/**
 * The ways to do several things at a time and wait for all of them that are compared.
 * Each gives every child a virtual thread of its own.
 */
public enum ForkJoin {

	/**
	 * {@link TaskGroup}.
	 */
	TASK_GROUP {

		@Override
		Children open() {
			TaskGroup group = TASKS.group("benchmark");
			List<Subtask<Integer>> subtasks = new ArrayList<>();
			return new Children() {

				@Override
				public void fork(Callable<Integer> work) {
					subtasks.add(group.fork(work));
				}

				@Override
				public long join() throws Exception {
					group.join();
					long sum = 0;
					for (Subtask<Integer> subtask : subtasks) {
						sum += subtask.get();
					}
					return sum;
				}

				@Override
				public void close() {
					group.close();
				}

			};
		}

	},

	/**
	 * Bare virtual threads, each of which completes a future: nothing knows of them but
	 * the scheduler.
	 */
	THREADS_AND_FUTURES {

		@Override
		Children open() {
			List<CompletableFuture<Integer>> futures = new ArrayList<>();
			return new Children() {

				@Override
				public void fork(Callable<Integer> work) {
					CompletableFuture<Integer> future = new CompletableFuture<>();
					Thread.ofVirtual().start(() -> complete(future, work));
					futures.add(future);
				}

				@Override
				public long join() throws Exception {
					return sumOf(futures);
				}

			};
		}

		private static void complete(CompletableFuture<Integer> future, Callable<Integer> work) {
			try {
				future.complete(work.call());
			}
			catch (Throwable ex) {
				future.completeExceptionally(ex);
			}
		}

	},

	/**
	 * {@link Executors#newVirtualThreadPerTaskExecutor()}, opened for these children and
	 * closed after them.
	 */
	EXECUTOR_AND_FUTURES {

		@Override
		Children open() {
			ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
			List<Future<Integer>> futures = new ArrayList<>();
			return new Children() {

				@Override
				public void fork(Callable<Integer> work) {
					futures.add(executor.submit(work));
				}

				@Override
				public long join() throws Exception {
					return sumOf(futures);
				}

				@Override
				public void close() {
					executor.close();
				}

			};
		}

	},

	/**
	 * {@link CompletableFuture#allOf} on such an executor, which stays open.
	 */
	ALL_OF {

		@Override
		Children open() {
			List<CompletableFuture<Integer>> futures = new ArrayList<>();
			return new Children() {

				@Override
				public void fork(Callable<Integer> work) {
					futures.add(CompletableFuture.supplyAsync(() -> call(work), EXECUTOR));
				}

				@Override
				public long join() throws Exception {
					CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new)).get();
					return sumOf(futures);
				}

			};
		}

		private static Integer call(Callable<Integer> work) {
			try {
				return work.call();
			}
			catch (Exception ex) {
				throw new CompletionException(ex);
			}
		}

	},

	/**
	 * Reactor's {@link Flux#flatMap}, which starts everything when it is joined.
	 */
	REACTOR_FLAT_MAP {

		@Override
		Children open() {
			List<Callable<Integer>> works = new ArrayList<>();
			return new Children() {

				@Override
				public void fork(Callable<Integer> work) {
					works.add(work);
				}

				@Override
				public long join() {
					Long sum = Flux.fromIterable(works)
						.flatMap((work) -> Mono.fromCallable(work).subscribeOn(SCHEDULER), works.size())
						.reduce(0L, Long::sum)
						.block();
					return (sum != null) ? sum : 0;
				}

			};
		}

	},

	/**
	 * The JDK's {@code StructuredTaskScope}, which waits for all to succeed or any to
	 * fail.
	 */
	STRUCTURED_TASK_SCOPE {

		@Override
		Children open() {
			return new StructuredScope();
		}

	};

	private static final Tasks TASKS = Tasks.create();

	private static final ExecutorService EXECUTOR = Executors.newVirtualThreadPerTaskExecutor();

	private static final Scheduler SCHEDULER = Schedulers.fromExecutorService(EXECUTOR);

	abstract Children open();

	private static long sumOf(List<? extends Future<Integer>> futures) throws Exception {
		long sum = 0;
		for (Future<Integer> future : futures) {
			sum += future.get();
		}
		return sum;
	}

}
