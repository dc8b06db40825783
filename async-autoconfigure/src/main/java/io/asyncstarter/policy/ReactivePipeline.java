package io.asyncstarter.policy;

import java.util.concurrent.Executor;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.Assert;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineThreadLocalAccessor;

/**
 * Runs calls that return a publisher. Loaded only where there are any, so that the rest
 * works without Reactor.
 *
 * @param pipeline the strategies
 * @param repeatability what may be repeated of a call, or {@code null} for all
 * @param resumer runs what comes after a wait, or {@code null} for Reactor's scheduler
 * @param observed observes the calls, or {@code null} if nobody does
 */
record ReactivePipeline(Pipeline pipeline, @Nullable Repeatability repeatability, @Nullable Executor resumer,
		@Nullable ObservedCalls observed) {

	private static final Executor PARALLEL = (task) -> Schedulers.parallel().schedule(task);

	<T> Mono<T> mono(@Nullable Object key, Supplier<? extends Publisher<? extends T>> supplier,
			@Nullable Recovery<? extends Publisher<? extends T>> recovery) {
		if (this.observed != null) {
			return ObservedPublishers.mono(this.observed, supplier,
					(attempts) -> unobserved().mono(key, attempts, recovery));
		}
		return Mono.create((sink) -> {
			ContextView context = sink.contextView();
			Recovery<MonoWork<T>> rescue = (recovery != null)
					? (failure) -> new MonoWork<T>(() -> recovery.recover(failure), context) : null;
			AsyncCall<T> call = new AsyncCall<T>(this.pipeline, key, () -> new MonoWork<T>(supplier::get, context),
					rescue, this.repeatability, resumerOrDefault(), inherited(context), new SinkCallback<>(sink));
			sink.onCancel(call::cancel);
			call.start();
		});
	}

	<T> Flux<T> flux(@Nullable Object key, Supplier<? extends Publisher<? extends T>> supplier,
			@Nullable Recovery<? extends Publisher<? extends T>> recovery) {
		if (this.observed != null) {
			return ObservedPublishers.flux(this.observed, supplier,
					(attempts) -> unobserved().flux(key, attempts, recovery));
		}
		return new PolicyFlux<>(this, key, supplier, recovery);
	}

	private ReactivePipeline unobserved() {
		return new ReactivePipeline(this.pipeline, this.repeatability, this.resumer, null);
	}

	/**
	 * Returns a supplier of one and the same stream. It is here since a lambda of
	 * {@link Policy} that returns a publisher has the class loaded when that one is
	 * verified.
	 */
	static <T> Supplier<Publisher<? extends T>> same(Flux<? extends T> flux) {
		return () -> flux;
	}

	<P> P adapted(Class<P> type, @Nullable Object key, Supplier<? extends P> supplier,
			@Nullable Recovery<? extends P> recovery) {
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
		Assert.isTrue(adapter != null, () -> "'type' must be a reactive type but was %s".formatted(type.getName()));
		Supplier<Publisher<Object>> publisher = () -> adapter.toPublisher(supplier.get());
		Recovery<Publisher<Object>> rescue = (recovery != null)
				? (failure) -> adapter.toPublisher(recovery.recover(failure)) : null;
		Publisher<Object> result = (adapter.isMultiValue()) ? flux(key, publisher, rescue)
				: mono(key, publisher, rescue);
		return type.cast(adapter.fromPublisher(result));
	}

	private Executor resumerOrDefault() {
		return (this.resumer != null) ? this.resumer : PARALLEL;
	}

	private static Deadline inherited(ContextView context) {
		Deadline carried = context.getOrDefault(DeadlineThreadLocalAccessor.KEY, null);
		return (carried != null) ? carried : Deadline.current();
	}

	/**
	 * A stream under a policy; each subscription is a call.
	 *
	 * @param <T> the type of the elements
	 */
	private static final class PolicyFlux<T> extends Flux<T> {

		private final ReactivePipeline pipeline;

		private final @Nullable Object key;

		private final Supplier<? extends Publisher<? extends T>> supplier;

		private final @Nullable Recovery<? extends Publisher<? extends T>> recovery;

		PolicyFlux(ReactivePipeline pipeline, @Nullable Object key, Supplier<? extends Publisher<? extends T>> supplier,
				@Nullable Recovery<? extends Publisher<? extends T>> recovery) {
			this.pipeline = pipeline;
			this.key = key;
			this.supplier = supplier;
			this.recovery = recovery;
		}

		@Override
		public void subscribe(CoreSubscriber<? super T> subscriber) {
			FluxCall<T> flux = new FluxCall<>(subscriber);
			Recovery<? extends Publisher<? extends T>> recovery = this.recovery;
			Recovery<FluxWork<T>> rescue = (recovery != null)
					? (failure) -> new FluxWork<T>(flux, () -> recovery.recover(failure)) : null;
			flux.start(new AsyncCall<T>(this.pipeline.pipeline, this.key,
					() -> new FluxWork<T>(flux, this.supplier::get), rescue, this.pipeline.repeatability,
					this.pipeline.resumerOrDefault(), inherited(subscriber.currentContext()), flux));
		}

	}

	/**
	 * Tells the subscriber of a single value.
	 *
	 * @param <T> the type of the value
	 * @param sink the subscriber
	 */
	private record SinkCallback<T>(MonoSink<T> sink) implements AsyncCallback<T> {

		@Override
		public void succeeded(@Nullable T result) {
			this.sink.success(result);
		}

		@Override
		public void failed(Throwable failure) {
			this.sink.error(failure);
		}

		@Override
		public boolean committed() {
			return true;
		}

	}

}
