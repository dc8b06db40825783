package io.asyncstarter.task;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.FutureTask;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.TaskBound;
import io.asyncstarter.executor.BoundedExecutor;

/**
 * Work that blocks, as a Mono: done on a thread of an executor, or on a virtual one, for
 * each subscription, with what is in the subscriber's context. Cancelling interrupts it.
 *
 * @param <T> the type of the result
 * @param name the name of the work
 * @param executor what runs the work, or {@code null} for a virtual thread
 * @param work the work
 */
record BlockingCall<T extends @Nullable Object>(String name, @Nullable BoundedExecutor executor,
		Callable<? extends T> work) {

	/**
	 * Returns a Mono that has what each of its subscribers has.
	 */
	Mono<T> mono() {
		return Mono.create((sink) -> start(sink, Inherited.of(sink.contextView())));
	}

	/**
	 * Returns a Mono whose subscribers all have the same.
	 */
	Mono<T> mono(Inherited inherited) {
		return Mono.create((sink) -> start(sink, inherited));
	}

	private void start(MonoSink<T> sink, Inherited inherited) {
		Deadline deadline = inherited.deadline();
		TaskContext context = inherited.context();
		Callable<T> limited = () -> (deadline.isUnbounded()) ? this.work.call()
				: deadline.<T>call(this.name, this.work::call);
		if (this.executor != null) {
			submit(this.executor, context, limited, sink);
		}
		else {
			startThread(context, limited, sink);
		}
	}

	private static <T extends @Nullable Object> void submit(BoundedExecutor executor, TaskContext context,
			Callable<T> work, MonoSink<T> sink) {
		CompletableFuture<T> future = TaskBound.detached(() -> {
			TaskContext.Scope scope = context.open(false);
			try {
				return executor.submitCompletable(work);
			}
			finally {
				scope.close();
			}
		});
		sink.onCancel(() -> future.cancel(true));
		CompletionStage<T> end = future;
		end.whenComplete((result, ex) -> {
			if (ex == null) {
				sink.success(result);
			}
			else {
				sink.error((ex instanceof CompletionException && ex.getCause() != null) ? ex.getCause() : ex);
			}
		});
	}

	private void startThread(TaskContext context, Callable<T> work, MonoSink<T> sink) {
		FutureTask<T> task = new FutureTask<>(() -> {
			TaskContext.Scope scope = context.open(true);
			try {
				return work.call();
			}
			finally {
				scope.close();
			}
		}) {

			@Override
			protected void done() {
				switch (state()) {
					case SUCCESS -> sink.success(resultNow());
					case FAILED -> sink.error(exceptionNow());
					default -> {
						// The subscriber has cancelled, and is to hear no more.
					}
				}
			}

		};
		sink.onCancel(() -> task.cancel(true));
		Thread.ofVirtual().name(this.name).inheritInheritableThreadLocals(false).start(task);
	}

}
