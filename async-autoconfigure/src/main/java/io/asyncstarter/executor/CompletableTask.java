package io.asyncstarter.executor;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A task with a {@link CompletableFuture} in front. The plain one knows nothing of the
 * work behind it: cancelling it, or letting it time out, leaves the work running. This
 * one cancels the work whenever somebody else completes the future.
 *
 * @param <V> the type of the result
 */
final class CompletableTask<V extends @Nullable Object> extends BoundedTask<V> {

	private final Front front = new Front();

	/**
	 * Whether the front is completed by somebody else who cancels the work.
	 */
	private volatile boolean superseded;

	CompletableTask(TaskCapture capture, Callable<V> work) {
		super(capture, work);
	}

	/**
	 * Returns the task that a future of an executor stands for, or {@code null} if it is
	 * none.
	 */
	static @Nullable BoundedTask<?> taskOf(Future<?> future) {
		if (future instanceof CompletableTask<?>.Front front) {
			return front.task();
		}
		return (future instanceof BoundedTask<?> task) ? task : null;
	}

	CompletableFuture<V> front() {
		return this.front;
	}

	@Override
	protected void done() {
		switch (state()) {
			case SUCCESS -> this.front.complete(resultNow());
			case CANCELLED -> {
				if (!this.superseded) {
					this.front.cancel(false);
				}
			}
			default -> this.front.completeExceptionally(wrap(exceptionNow()));
		}
	}

	@Override
	boolean hasCallbacks() {
		return this.front.getNumberOfDependents() > 0;
	}

	/**
	 * As {@link CompletableFuture#supplyAsync} does, which Spring's own executors follow.
	 */
	private static Throwable wrap(Throwable failure) {
		return (failure instanceof CompletionException) ? failure : new CompletionException(failure);
	}

	/**
	 * Cancels the work because somebody else is about to complete the front. That comes
	 * second, since it may run code of the user's that takes time or needs the place.
	 */
	private void cancelWork() {
		if (!isDone()) {
			this.superseded = true;
			cancel(true);
		}
	}

	private final class Front extends CompletableFuture<V> {

		private CompletableTask<V> task() {
			return CompletableTask.this;
		}

		@Override
		public <U> CompletableFuture<U> newIncompleteFuture() {
			return new CompletableFuture<>();
		}

		@Override
		public boolean complete(V value) {
			cancelWork();
			return super.complete(value);
		}

		@Override
		public boolean completeExceptionally(Throwable failure) {
			cancelWork();
			return super.completeExceptionally(failure);
		}

		@Override
		public boolean cancel(boolean mayInterruptIfRunning) {
			cancelWork();
			return super.cancel(mayInterruptIfRunning);
		}

		@Override
		public CompletableFuture<V> completeAsync(Supplier<? extends V> supplier, Executor executor) {
			// The inherited method completes the future past the methods above.
			executor.execute(() -> completeBy(supplier));
			return this;
		}

		private void completeBy(Supplier<? extends V> supplier) {
			if (isDone()) {
				return;
			}
			try {
				complete(supplier.get());
			}
			catch (Throwable ex) {
				completeExceptionally(wrap(ex));
			}
		}

		@Override
		public void obtrudeValue(V value) {
			cancelWork();
			super.obtrudeValue(value);
		}

		@Override
		public void obtrudeException(Throwable failure) {
			cancelWork();
			super.obtrudeException(failure);
		}

		@Override
		public V get() throws InterruptedException, ExecutionException {
			if (!isDone()) {
				executor().helpIfNested(CompletableTask.this);
			}
			return super.get();
		}

		@Override
		public V join() {
			if (!isDone()) {
				executor().helpUninterruptiblyIfNested(CompletableTask.this);
			}
			return super.join();
		}

	}

}
