package io.asyncstarter.queue;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A call on a thread of its own, which can be interrupted.
 *
 * @param <R> the type of the result
 */
final class Elsewhere<R extends @Nullable Object> {

	final CompletableFuture<R> result = new CompletableFuture<>();

	final CompletableFuture<Boolean> interruptedAfterwards = new CompletableFuture<>();

	final Thread thread;

	private Elsewhere(Callable<R> call) {
		this.thread = Thread.ofPlatform().daemon().start(() -> {
			try {
				this.result.complete(call.call());
			}
			catch (Throwable ex) {
				this.result.completeExceptionally(ex);
			}
			this.interruptedAfterwards.complete(Thread.currentThread().isInterrupted());
		});
	}

	static <R extends @Nullable Object> Elsewhere<R> call(Callable<R> call) {
		return new Elsewhere<>(call);
	}

	static Elsewhere<@Nullable Void> put(WorkQueue<Integer> queue, int item) {
		return call(() -> {
			queue.put(item);
			return null;
		});
	}

	static <T> Elsewhere<T> take(WorkQueue<T> queue) {
		return call(queue::take);
	}

	static void await(WorkQueue<?> queue, Predicate<WorkQueueStats> condition) {
		Awaitility.await()
			.pollInterval(Duration.ofMillis(1))
			.atMost(Duration.ofSeconds(30))
			.until(() -> condition.test(queue.getStats()));
	}

	static void awaitProducers(WorkQueue<?> queue, int count) {
		await(queue, (stats) -> stats.waitingProducers() == count);
	}

	static void awaitTakers(WorkQueue<?> queue, int count) {
		await(queue, (stats) -> stats.waitingTakers() == count);
	}

}
