package io.asyncstarter.policy;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineThreadLocalAccessor;

/**
 * Work that is a publisher of at most one element.
 *
 * @param <T> the type of the element
 */
final class MonoWork<T> implements AsyncWork<T>, CoreSubscriber<T> {

	private final Callable<? extends Publisher<? extends T>> supplier;

	private final ContextView context;

	private @Nullable AsyncCallback<T> callback;

	private Deadline deadline = Deadline.none();

	private @Nullable T result;

	private volatile @Nullable Subscription upstream;

	private volatile boolean cancelled;

	MonoWork(Callable<? extends Publisher<? extends T>> supplier, ContextView context) {
		this.supplier = supplier;
		this.context = context;
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
		return withDeadline(this.context, this.deadline);
	}

	static Context withDeadline(ContextView context, Deadline deadline) {
		Context inherited = Context.of(context);
		return (deadline.isUnbounded()) ? inherited : inherited.put(DeadlineThreadLocalAccessor.KEY, deadline);
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		if (!Operators.validate(this.upstream, subscription)) {
			return;
		}
		this.upstream = subscription;
		if (this.cancelled) {
			subscription.cancel();
		}
		else {
			subscription.request(Long.MAX_VALUE);
		}
	}

	@Override
	public void onNext(T element) {
		this.result = element;
	}

	@Override
	public void onError(Throwable failure) {
		if (this.callback != null) {
			this.callback.failed(failure);
		}
	}

	@Override
	public void onComplete() {
		if (this.callback != null) {
			this.callback.succeeded(this.result);
		}
	}

	@Override
	public void cancel() {
		this.cancelled = true;
		Subscription running = this.upstream;
		if (running != null) {
			running.cancel();
		}
	}

}
