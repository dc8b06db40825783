package io.asyncstarter.policy;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.Assert;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A {@link Mono}, a {@link Flux}, or another reactive type that Spring has an adapter
 * for. Loaded only where there are any.
 */
final class ReactiveShape extends ReturnShape {

	private final ReactiveAdapter adapter;

	private ReactiveShape(ReactiveAdapter adapter) {
		this.adapter = adapter;
	}

	static @Nullable ReturnShape of(Class<?> type) {
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
		return (adapter != null) ? new ReactiveShape(adapter) : null;
	}

	@Override
	Object invoke(Policy policy, @Nullable Object key, PolicyCall call, @Nullable Recovery<@Nullable Object> recovery) {
		Recovery<Publisher<?>> rescue = (recovery != null) ? (failure) -> rescue(recovery.recover(failure)) : null;
		Publisher<?> result = (this.adapter.isMultiValue()) ? policy.flux(key, () -> publisher(call.result()), rescue)
				: policy.mono(key, () -> Mono.from(publisher(call.result())), rescue);
		return this.adapter.fromPublisher(result);
	}

	private Publisher<?> publisher(@Nullable Object result) {
		Assert.state(result != null, () -> "The method returned no %s but null".formatted(type().getSimpleName()));
		return this.adapter.toPublisher(result);
	}

	private Publisher<?> rescue(@Nullable Object answer) {
		return (type().isInstance(answer)) ? this.adapter.toPublisher(answer) : ReactiveFallbacks.publisherOf(answer);
	}

	@Override
	Class<?> type() {
		return this.adapter.getReactiveType();
	}

	@Override
	boolean outlivesMethod() {
		return true;
	}

}
