package io.asyncstarter.http;

import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.reactive.function.client.ClientResponse;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Splits the stream of a call into the response, for the caller, and the response's body,
 * for whoever reads that. The two are one subscription: the call lasts until the body
 * does, and what ends the call ends the body.
 */
final class ResponseSubscriber implements CoreSubscriber<Object>, Subscription {

	/*
	 * Invariants. (1) Signals of the stream are serialized. (2) 'reader' is set before
	 * the reader can ask for anything, so no part of the body comes without a reader. (3)
	 * The end of the stream and the reader's arrival may coincide: each looks for the
	 * other after it has shown itself, and whoever sets 'told' tells the reader.
	 */

	@SuppressWarnings("StaticAssignmentOfThrowable") // a mark that is never thrown
	private static final Throwable NOTHING = new Throwable("no failure", null, false, false) {
	};

	private final CoreSubscriber<? super ClientResponse> caller;

	private final PolicyExchange.RequestFailures failures;

	private final Context context;

	private final AtomicBoolean asked = new AtomicBoolean();

	private final AtomicBoolean read = new AtomicBoolean();

	private final AtomicBoolean told = new AtomicBoolean();

	private @Nullable Subscription stream;

	private volatile boolean responded;

	private volatile @Nullable CoreSubscriber<? super DataBuffer> reader;

	private volatile boolean readerReady;

	private volatile @Nullable Throwable end;

	ResponseSubscriber(CoreSubscriber<? super ClientResponse> caller, PolicyExchange.RequestFailures failures) {
		this.caller = caller;
		this.failures = failures;
		this.context = Operators.enableOnDiscard(caller.currentContext(), (part) -> {
			if (part instanceof DataBuffer buffer) {
				DataBufferUtils.release(buffer);
			}
		});
	}

	@Override
	public Context currentContext() {
		return this.context;
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.stream = subscription;
		this.caller.onSubscribe(this);
	}

	@Override
	public void request(long demand) {
		if (Operators.validate(demand) && this.asked.compareAndSet(false, true) && this.stream != null) {
			this.stream.request(1);
		}
	}

	/**
	 * The caller does not want the response any longer. Once it has it, the body is the
	 * reader's.
	 */
	@Override
	public void cancel() {
		if (!this.responded && this.stream != null) {
			this.stream.cancel();
		}
	}

	@Override
	public void onNext(Object part) {
		if (part instanceof ClientResponse response) {
			this.responded = true;
			this.caller.onNext(response.mutate().body((original) -> new Body()).build());
			this.caller.onComplete();
		}
		else if (part instanceof DataBuffer buffer && this.reader != null) {
			this.reader.onNext(buffer);
		}
		else {
			Operators.onDiscard(part, this.context);
		}
	}

	@Override
	public void onError(Throwable failure) {
		if (this.responded) {
			end(failure);
		}
		else if (failure instanceof FailedResponseException failed) {
			this.caller.onNext(failed.response(ClientResponse.class));
			this.caller.onComplete();
		}
		else {
			this.caller.onError(this.failures.wrap(failure));
		}
	}

	@Override
	public void onComplete() {
		if (this.responded) {
			end(NOTHING);
		}
		else {
			this.caller.onComplete();
		}
	}

	private void end(Throwable end) {
		this.end = end;
		tellReader();
	}

	private void tellReader() {
		Throwable end = this.end;
		CoreSubscriber<? super DataBuffer> reader = this.reader;
		if (end == null || reader == null || !this.readerReady || !this.told.compareAndSet(false, true)) {
			return;
		}
		if (end == NOTHING) {
			reader.onComplete();
		}
		else {
			reader.onError(end);
		}
	}

	/**
	 * The body of the response. Like every body of a response, it is read once.
	 */
	private final class Body extends Flux<DataBuffer> implements Subscription {

		@Override
		public void subscribe(CoreSubscriber<? super DataBuffer> subscriber) {
			if (!ResponseSubscriber.this.read.compareAndSet(false, true)) {
				Operators.error(subscriber, new IllegalStateException("The body has been read already"));
				return;
			}
			ResponseSubscriber.this.reader = subscriber;
			subscriber.onSubscribe(this);
			ResponseSubscriber.this.readerReady = true;
			tellReader();
		}

		@Override
		public void request(long demand) {
			if (ResponseSubscriber.this.stream != null) {
				ResponseSubscriber.this.stream.request(demand);
			}
		}

		@Override
		public void cancel() {
			if (ResponseSubscriber.this.stream != null) {
				ResponseSubscriber.this.stream.cancel();
			}
		}

	}

}
