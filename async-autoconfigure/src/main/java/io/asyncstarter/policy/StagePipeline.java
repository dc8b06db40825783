package io.asyncstarter.policy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.deadline.Deadline;

/**
 * Runs calls that return a {@link CompletionStage}. Safe for use by multiple threads.
 */
final class StagePipeline {

	private final Pipeline pipeline;

	private final @Nullable Executor resumer;

	StagePipeline(Pipeline pipeline, @Nullable Executor resumer) {
		this.pipeline = pipeline;
		this.resumer = resumer;
	}

	@SuppressWarnings("FutureReturnValueIgnored") // nothing can go wrong in it
	<T extends @Nullable Object> CompletableFuture<T> call(@Nullable Object key,
			Supplier<? extends CompletionStage<T>> supplier, @Nullable Recovery<? extends CompletionStage<T>> recovery,
			@Nullable Repeatability repeatability) {
		CompletableFuture<T> future = new CompletableFuture<>();
		Recovery<StageWork<T>> rescue = (recovery != null)
				? (failure) -> new StageWork<>(this.pipeline.name, () -> recovery.recover(failure)) : null;
		AsyncCall<T> call = new AsyncCall<>(this.pipeline, key,
				() -> new StageWork<>(this.pipeline.name, supplier::get), rescue, repeatability, resumer(),
				Deadline.current(), new FutureSink<>(future));
		call.start();
		if (!future.isDone()) {
			// Cancelled, or completed by somebody else: the work is not wanted any
			// longer.
			future.whenComplete((result, failure) -> call.cancel());
		}
		return future;
	}

	private Executor resumer() {
		if (this.resumer != null) {
			return this.resumer;
		}
		return new ContextResumer(this.pipeline.name, TaskContext.capture());
	}

	/**
	 * Runs what comes after a wait on a virtual thread, with what was bound to the
	 * caller's thread.
	 *
	 * @param name the name of the threads
	 * @param context what was bound
	 */
	private record ContextResumer(String name, TaskContext context) implements Executor {

		@Override
		public void execute(Runnable command) {
			Thread.ofVirtual().name(this.name + "-resume").inheritInheritableThreadLocals(false).start(() -> {
				TaskContext.Scope scope = this.context.open(true);
				try {
					command.run();
				}
				finally {
					scope.close();
				}
			});
		}

	}

	/**
	 * Completes the future that the caller has.
	 *
	 * @param <T> the type of the result
	 * @param future the future
	 */
	private record FutureSink<T extends @Nullable Object>(CompletableFuture<T> future) implements AsyncCallback<T> {

		@Override
		@SuppressWarnings("NullAway") // a result may be null where T may
		public void succeeded(@Nullable T result) {
			this.future.complete(result);
		}

		@Override
		public void failed(Throwable failure) {
			this.future.completeExceptionally(failure);
		}

		@Override
		public boolean committed() {
			return true;
		}

	}

}
