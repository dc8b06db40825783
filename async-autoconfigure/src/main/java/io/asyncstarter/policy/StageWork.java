package io.asyncstarter.policy;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.Deadline;

/**
 * Work that is a {@link CompletionStage}.
 *
 * @param <T> the type of the result
 */
final class StageWork<T> implements AsyncWork<T> {

	private final String name;

	private final Callable<? extends CompletionStage<T>> supplier;

	private volatile @Nullable CompletionStage<T> stage;

	private volatile boolean cancelled;

	StageWork(String name, Callable<? extends CompletionStage<T>> supplier) {
		this.name = name;
		this.supplier = supplier;
	}

	@Override
	public void start(AsyncCallback<T> callback, Deadline deadline) {
		if (this.cancelled) {
			return;
		}
		CompletionStage<T> started;
		try {
			started = (deadline.isUnbounded()) ? this.supplier.call()
					: deadline.<CompletionStage<T>>call(this.name, this.supplier::call);
			if (started == null) {
				throw new IllegalStateException("Policy '%s' was given no stage but null".formatted(this.name));
			}
		}
		catch (Throwable ex) {
			callback.failed(ex);
			return;
		}
		this.stage = started;
		started.whenComplete((result, failure) -> {
			if (failure != null) {
				callback.failed(Cancellations.unwrap(failure));
			}
			else {
				callback.succeeded(result);
			}
		});
		if (this.cancelled) {
			cancel(started);
		}
	}

	@Override
	public void cancel() {
		this.cancelled = true;
		CompletionStage<T> running = this.stage;
		if (running != null) {
			cancel(running);
		}
	}

	private void cancel(CompletionStage<T> running) {
		try {
			running.toCompletableFuture().cancel(true);
		}
		catch (UnsupportedOperationException ex) {
			// A stage that is no future cannot be cancelled; it is left behind.
		}
	}

}
