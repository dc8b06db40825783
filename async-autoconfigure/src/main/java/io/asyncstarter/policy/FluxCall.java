package io.asyncstarter.policy;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.ContextView;

import io.asyncstarter.deadline.BriefLock;

/**
 * The subscriber of a call that is a stream, and its demand. The demand goes to all
 * attempts that run, since only one of them will ever pass elements on.
 *
 * @param <T> the type of the elements
 */
final class FluxCall<T> extends BriefLock implements Subscription, AsyncCallback<T> {

	/*
	 * Invariants. (1) 'requested' and 'attached' are guarded by the lock. (2) An attempt
	 * is told of all demand since the subscription: when it is attached, and from then
	 * on. No element is passed on before, so nothing is to be deducted.
	 */

	private final CoreSubscriber<? super T> subscriber;

	private final List<FluxWork<T>> attached = new ArrayList<>(1);

	private long requested;

	private @Nullable AsyncCall<T> call;

	FluxCall(CoreSubscriber<? super T> subscriber) {
		// A timeout is signalled from elsewhere than elements are.
		this.subscriber = Operators.serialize(subscriber);
	}

	void start(AsyncCall<T> call) {
		this.call = call;
		this.subscriber.onSubscribe(this);
		call.start();
	}

	ContextView context() {
		return this.subscriber.currentContext();
	}

	long attach(FluxWork<T> work) {
		acquire();
		try {
			this.attached.add(work);
			return this.requested;
		}
		finally {
			release();
		}
	}

	void detach(FluxWork<T> work) {
		acquire();
		try {
			this.attached.remove(work);
		}
		finally {
			release();
		}
	}

	@Override
	public void request(long demand) {
		if (!Operators.validate(demand)) {
			return;
		}
		List<FluxWork<T>> running;
		acquire();
		try {
			this.requested = Operators.addCap(this.requested, demand);
			running = List.copyOf(this.attached);
		}
		finally {
			release();
		}
		running.forEach((work) -> work.request(demand));
	}

	@Override
	public void cancel() {
		if (this.call != null) {
			this.call.cancel();
		}
	}

	void onNext(T element) {
		this.subscriber.onNext(element);
	}

	@Override
	public void succeeded(@Nullable T nothing) {
		this.subscriber.onComplete();
	}

	@Override
	public void failed(Throwable failure) {
		this.subscriber.onError(failure);
	}

	@Override
	public boolean committed() {
		return true;
	}

}
