package io.asyncstarter.policy;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.event.BulkheadEvent;
import io.github.resilience4j.bulkhead.event.BulkheadOnCallFinishedEvent;
import io.github.resilience4j.bulkhead.event.BulkheadOnCallPermittedEvent;
import io.github.resilience4j.bulkhead.event.BulkheadOnCallRejectedEvent;
import io.github.resilience4j.core.EventConsumer;
import io.github.resilience4j.core.EventProcessor;

/**
 * Tells Resilience4j's consumers what a {@link FairBulkhead} does. Safe for use by
 * multiple threads.
 */
final class BulkheadEvents extends EventProcessor<BulkheadEvent> implements Bulkhead.EventPublisher {

	@Override
	public Bulkhead.EventPublisher onCallRejected(EventConsumer<BulkheadOnCallRejectedEvent> consumer) {
		registerConsumer(BulkheadOnCallRejectedEvent.class.getName(), consumer);
		return this;
	}

	@Override
	public Bulkhead.EventPublisher onCallPermitted(EventConsumer<BulkheadOnCallPermittedEvent> consumer) {
		registerConsumer(BulkheadOnCallPermittedEvent.class.getName(), consumer);
		return this;
	}

	@Override
	public Bulkhead.EventPublisher onCallFinished(EventConsumer<BulkheadOnCallFinishedEvent> consumer) {
		registerConsumer(BulkheadOnCallFinishedEvent.class.getName(), consumer);
		return this;
	}

}
