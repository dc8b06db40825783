package io.asyncstarter.policy;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import io.asyncstarter.deadline.Deadline;

/**
 * Work that is a publisher of any number of elements, which are passed on as they come.
 *
 * @param <T> the type of the elements
 */
final class FluxWork<T> implements AsyncWork<T>, CoreSubscriber<T> {

	private final FluxCall<T> downstream;

	private final Callable<? extends Publisher<? extends T>> supplier;

	private @Nullable AsyncCallback<T> callback;

	private Deadline deadline = Deadline.none();

	private boolean committed;

	private volatile @Nullable Subscription upstream;

	private volatile boolean cancelled;

	FluxWork(FluxCall<T> downstream, Callable<? extends Publisher<? extends T>> supplier) {
		this.downstream = downstream;
		this.supplier = supplier;
	}

	@Override
	public void start(AsyncCallback<T> callback, Deadline deadline) {
		if (this.cancelled) {
			return;
		}
		this.callback = callback;
		this.deadline = deadline;
		try {
			this.supplier.call().subscribe(this);
		}
		catch (Throwable ex) {
			callback.failed(ex);
		}
	}

	@Override
	public Context currentContext() {
		return MonoWork.withDeadline(this.downstream.context(), this.deadline);
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		if (!Operators.validate(this.upstream, subscription)) {
			return;
		}
		this.upstream = subscription;
		long demand = this.downstream.attach(this);
		if (this.cancelled) {
			subscription.cancel();
		}
		else if (demand > 0) {
			subscription.request(demand);
		}
	}

	void request(long demand) {
		Subscription running = this.upstream;
		if (running != null) {
			running.request(demand);
		}
	}

	@Override
	public void onNext(T element) {
		if (mayPass()) {
			this.downstream.onNext(element);
		}
		else {
			Operators.onDiscard(element, currentContext());
			cancel();
		}
	}

	private boolean mayPass() {
		if (!this.committed) {
			this.committed = this.callback != null && this.callback.committed();
		}
		return this.committed && !this.cancelled;
	}

	@Override
	public void onError(Throwable failure) {
		this.downstream.detach(this);
		if (this.callback != null) {
			this.callback.failed(failure);
		}
	}

	@Override
	public void onComplete() {
		this.downstream.detach(this);
		// An empty stream is a result too, and not one to be asked about.
		if (mayPass() && this.callback != null) {
			this.callback.succeeded(null);
		}
	}

	@Override
	public void cancel() {
		this.cancelled = true;
		this.downstream.detach(this);
		Subscription running = this.upstream;
		if (running != null) {
			running.cancel();
		}
	}

}
