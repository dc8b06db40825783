package io.asyncstarter.queue;

import java.time.Instant;
import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the items that a queue has given up. Never throws: a letter that cannot be
 * delivered is logged with its item, and counted. Safe for use by multiple threads.
 *
 * @param <T> the type of the items
 */
final class DeadLetters<T> {

	private static final Log logger = LogFactory.getLog(WorkQueue.class);

	private final WorkQueue<T> queue;

	private final QueueCounters counters;

	private final @Nullable DeadLetterHandler<T> handler;

	private final @Nullable WorkQueue<? super DeadLetter<T>> target;

	DeadLetters(WorkQueue<T> queue, QueueCounters counters, @Nullable DeadLetterHandler<T> handler,
			@Nullable WorkQueue<? super DeadLetter<T>> target) {
		this.queue = queue;
		this.counters = counters;
		this.handler = handler;
		this.target = target;
	}

	void failed(Entry<T> entry, Throwable cause, int attempts) {
		deliver(letter(entry, DeadLetter.Reason.FAILED, cause, attempts), true);
	}

	void expired(Entry<T> entry, Throwable cause) {
		deliver(letter(entry, DeadLetter.Reason.EXPIRED, cause, 0), true);
	}

	void dropped(List<Entry<T>> entries, int capacity) {
		for (Entry<T> entry : entries) {
			ItemDroppedException cause = new ItemDroppedException(this.queue.getName(), capacity);
			deliver(letter(entry, DeadLetter.Reason.DROPPED, cause, 0), false);
		}
	}

	private DeadLetter<T> letter(Entry<T> entry, DeadLetter.Reason reason, Throwable cause, int attempts) {
		return new DeadLetter<>(entry.item, this.queue.getName(), reason, cause, attempts,
				this.queue.toInstant(entry.acceptedAt), Instant.now());
	}

	private void deliver(DeadLetter<T> letter, boolean mayWait) {
		boolean delivered = true;
		try {
			hand(letter, mayWait);
		}
		catch (Throwable ex) {
			delivered = false;
			ex.addSuppressed(letter.cause());
			logger.error("Queue '%s' lost a dead letter: %s".formatted(this.queue.getName(), letter), ex);
			if (ex instanceof InterruptedException) {
				Thread.currentThread().interrupt();
			}
		}
		this.counters.deadLettered(this.queue, letter, delivered);
	}

	private void hand(DeadLetter<T> letter, boolean mayWait) throws Exception {
		if (this.handler != null) {
			this.handler.handle(letter);
		}
		else if (this.target != null) {
			put(letter, this.target, mayWait);
		}
		else {
			logger.error("Queue '%s' gave an item up: %s".formatted(this.queue.getName(), letter), letter.cause());
		}
	}

	private void put(DeadLetter<T> letter, WorkQueue<? super DeadLetter<T>> target, boolean mayWait)
			throws InterruptedException {
		if (target.offerLate(letter)) {
			return;
		}
		try {
			if (mayWait) {
				target.put(letter);
			}
			else if (!target.offer(letter)) {
				throw target.full();
			}
		}
		catch (QueueClosedException ex) {
			// Just now, perhaps.
			if (!target.offerLate(letter)) {
				throw ex;
			}
		}
	}

}
