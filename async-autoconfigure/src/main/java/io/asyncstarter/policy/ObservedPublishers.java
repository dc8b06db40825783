package io.asyncstarter.policy;

import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import io.asyncstarter.context.WorkObserver.ObservedWork;
import io.asyncstarter.policy.ObservedCalls.Attempts;

/**
 * Observes calls that return a publisher: each subscription is a call.
 */
final class ObservedPublishers {

	private ObservedPublishers() {
	}

	static <T> Mono<T> mono(ObservedCalls calls, Supplier<? extends Publisher<? extends T>> work,
			Function<Supplier<Publisher<? extends T>>, Mono<T>> policy) {
		return Mono.deferContextual((context) -> {
			ObservedWork observed = begin(calls, context);
			Attempts attempts = new Attempts(observed);
			return policy.apply(() -> start(attempts, work))
				.doOnSuccess((result) -> observed.end(null))
				.doOnError(observed::end)
				.doOnCancel(() -> observed.end(new CancellationException()))
				.contextWrite((inner) -> inner.put(calls.observer().getContextKey(), observed.getContextValue()));
		});
	}

	static <T> Flux<T> flux(ObservedCalls calls, Supplier<? extends Publisher<? extends T>> work,
			Function<Supplier<Publisher<? extends T>>, Flux<T>> policy) {
		return Flux.deferContextual((context) -> {
			ObservedWork observed = begin(calls, context);
			Attempts attempts = new Attempts(observed);
			return policy.apply(() -> start(attempts, work))
				.doOnComplete(() -> observed.end(null))
				.doOnError(observed::end)
				.doOnCancel(() -> observed.end(new CancellationException()))
				.contextWrite((inner) -> inner.put(calls.observer().getContextKey(), observed.getContextValue()));
		});
	}

	private static ObservedWork begin(ObservedCalls calls, ContextView context) {
		return calls.begin(context.getOrDefault(calls.observer().getContextKey(), null));
	}

	private static <T> Publisher<? extends T> start(Attempts attempts,
			Supplier<? extends Publisher<? extends T>> work) {
		int attempt = attempts.begin();
		try {
			return Flux.from(work.get()).doOnError((ex) -> attempts.failed(attempt, ex));
		}
		catch (Throwable ex) {
			attempts.failed(attempt, ex);
			throw ex;
		}
	}

}
