package io.asyncstarter.queue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.context.TaskContext;

/**
 * The future of an item that is being sent. It is cancelled by taking the item back.
 *
 * @param <T> the type of the item
 */
final class SendFuture<T> extends CompletableFuture<@Nullable Void> implements Sending.Outcome {

	private final String queueName;

	private final TaskContext context = TaskContext.capture();

	private volatile @Nullable Sending<T> sending;

	SendFuture(String queueName) {
		this.queueName = queueName;
	}

	void start(Sending<T> sending) {
		this.sending = sending;
		sending.start();
	}

	@Override
	public Executor executor() {
		return (command) -> Thread.ofVirtual()
			.name(this.queueName + "-send")
			.inheritInheritableThreadLocals(false)
			.start(() -> {
				TaskContext.Scope scope = this.context.open(true);
				try {
					command.run();
				}
				finally {
					scope.close();
				}
			});
	}

	@Override
	public void sent() {
		complete(null);
	}

	@Override
	public void refused(Throwable reason) {
		completeExceptionally(reason);
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		Sending<T> sending = this.sending;
		return sending != null && sending.cancel() && super.cancel(mayInterruptIfRunning);
	}

	@Override
	public <U> CompletableFuture<U> newIncompleteFuture() {
		return new CompletableFuture<>();
	}

}
