package io.asyncstarter.queue;

import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import reactor.core.publisher.Flux;

/**
 * Subscribes to the publishers that handlers return. Loaded only if Reactor is present.
 */
final class ReactiveResults {

	private ReactiveResults() {
	}

	/**
	 * Subscribes to a result if it is of a reactive type, in the context of the calling
	 * thread.
	 */
	static @Nullable Future<?> future(Object result) {
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(result.getClass(), result);
		return (adapter != null) ? Flux.from(adapter.toPublisher(result)).then().contextCapture().toFuture() : null;
	}

}
