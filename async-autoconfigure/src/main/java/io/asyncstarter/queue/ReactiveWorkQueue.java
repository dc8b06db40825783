package io.asyncstarter.queue;

import java.util.concurrent.Executor;

import org.springframework.util.Assert;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineThreadLocalAccessor;

/**
 * The operations of a {@link WorkQueue} that speak of Reactor's types. Instances are safe
 * for use by multiple threads.
 *
 * @param <T> the type of the items
 * @since 0.1.0
 */
public final class ReactiveWorkQueue<T> {

	private final WorkQueue<T> queue;

	ReactiveWorkQueue(WorkQueue<T> queue) {
		this.queue = queue;
	}

	/**
	 * Puts an item into the queue when it is subscribed to, once for each subscription,
	 * and completes when it is there. If there is no room, it waits, fails or drops the
	 * oldest item, as the overload policy says; no thread waits meanwhile. The wait ends
	 * with the deadline in the subscriber's context, if there is one. Cancelling the
	 * subscription while it waits takes the item back.
	 * @param item the item
	 * @return what sends the item, and fails as {@link WorkQueue#put} does
	 */
	public Mono<Void> send(T item) {
		Assert.notNull(item, "'item' must not be null");
		return Mono.create((sink) -> {
			Sending<T> sending = new Sending<>(this.queue, item, deadline(sink.contextView()), new SinkOutcome(sink));
			sink.onCancel(sending::cancel);
			sending.start();
		});
	}

	private static Deadline deadline(ContextView context) {
		Deadline carried = context.getOrDefault(DeadlineThreadLocalAccessor.KEY, null);
		return (carried != null) ? carried : Deadline.current();
	}

	/**
	 * Tells a subscriber.
	 *
	 * @param sink the subscriber
	 */
	private record SinkOutcome(MonoSink<Void> sink) implements Sending.Outcome {

		private static final Executor PARALLEL = (command) -> Schedulers.parallel().schedule(command);

		@Override
		public Executor executor() {
			return PARALLEL;
		}

		@Override
		public void sent() {
			this.sink.success();
		}

		@Override
		public void refused(Throwable reason) {
			this.sink.error(reason);
		}

	}

}
