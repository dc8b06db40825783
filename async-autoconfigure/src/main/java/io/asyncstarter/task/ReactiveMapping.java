package io.asyncstarter.task;

import java.util.Iterator;
import java.util.function.Function;

import org.reactivestreams.Publisher;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Mappings as a Flux. Loaded only where there is Reactor.
 */
final class ReactiveMapping {

	private ReactiveMapping() {
	}

	static <T, R> Flux<R> blocking(MapSettings settings, Iterable<? extends T> items,
			TaskFunction<? super T, ? extends R> function) {
		return Flux.deferContextual((context) -> {
			Inherited inherited = Inherited.of(context);
			Function<T, Mono<R>> work = (
					item) -> new BlockingCall<R>(settings.name(), settings.executor(), () -> function.apply(item))
						.mono(inherited);
			return flux(settings, items, work);
		});
	}

	static <T, R> Flux<R> flux(MapSettings settings, Iterable<? extends T> items,
			Function<? super T, ? extends Publisher<? extends R>> work) {
		// The source may block.
		Flux<T> source = Flux.<T>fromIterable(items).subscribeOn(Schedulers.boundedElastic());
		Flux<R> mapped = (settings.ordered()) ? source.flatMapSequential(work, settings.limit(), 1)
				: source.flatMap(work, settings.limit(), 1);
		return mapped.onErrorMap(Exceptions::isMultiple, ReactiveMapping::first);
	}

	/**
	 * Returns the first of failures that Reactor has put together, because the next came
	 * before it was told of the one before. Failures are the same in every form then.
	 */
	private static Throwable first(Throwable failures) {
		Iterator<Throwable> all = Exceptions.unwrapMultiple(failures).iterator();
		Throwable first = all.next();
		all.forEachRemaining((next) -> {
			if (next != first) {
				first.addSuppressed(next);
			}
		});
		return first;
	}

}
