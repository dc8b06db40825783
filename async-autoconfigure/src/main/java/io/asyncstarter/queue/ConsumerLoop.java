package io.asyncstarter.queue;

import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What a managed consumer does as long as it lives.
 *
 * @param <T> the type of the items
 */
final class ConsumerLoop<T> implements Runnable {

	private static final Log logger = LogFactory.getLog(QueueConsumers.class);

	private final QueueConsumers<T> consumers;

	private final QueueEngine<T> engine;

	private final Seat<T> seat;

	ConsumerLoop(QueueConsumers<T> consumers, QueueEngine<T> engine, Seat<T> seat) {
		this.consumers = consumers;
		this.engine = engine;
		this.seat = seat;
	}

	@Override
	public void run() {
		this.seat.sit();
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		try {
			thread.setContextClassLoader(this.consumers.classLoader());
			Processor<T> processor = this.consumers.processor();
			while (this.engine.next(this.seat)) {
				if (!this.seat.taken.isEmpty()) {
					process(processor, this.seat.taken);
				}
				else if (this.consumers.isAbandoned()) {
					return;
				}
			}
		}
		finally {
			this.seat.leave();
			// What was meant for the consumer is nothing to what the thread does next.
			Thread.interrupted();
			thread.setContextClassLoader(before);
			this.engine.leave(this.seat);
			this.consumers.ended(this.seat);
		}
	}

	private void process(Processor<T> processor, List<Entry<T>> taken) {
		try {
			processor.process(taken);
		}
		catch (Throwable ex) {
			logger.error("Consumer of queue '%s' failed".formatted(this.consumers.getQueue().getName()), ex);
		}
	}

}
