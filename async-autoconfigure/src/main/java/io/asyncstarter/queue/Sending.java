package io.asyncstarter.queue;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * An item on its way into a queue that holds no thread while it waits.
 *
 * @param <T> the type of the item
 */
final class Sending<T> {

	/*
	 * Whoever takes the producer out of the line decides the outcome: who made room or
	 * closed the queue, who cancels, or the timer. So there is exactly one.
	 */

	private final WorkQueue<T> queue;

	private final T item;

	private final Deadline deadline;

	private final Outcome outcome;

	private final long start;

	private volatile Producer.@Nullable Sending producer;

	private volatile DeadlineTimer.@Nullable Timeout timeout;

	private volatile boolean ended;

	/**
	 * Creates a sending.
	 * @param deadline when to give up at the latest, and the deadline that the item
	 * carries
	 */
	Sending(WorkQueue<T> queue, T item, Deadline deadline, Outcome outcome) {
		this.queue = queue;
		this.item = item;
		this.deadline = deadline;
		this.outcome = outcome;
		this.start = queue.timer().nanoTime();
	}

	/**
	 * Offers the item, and reports the outcome at once or later.
	 */
	void start() {
		while (true) {
			Object element = this.queue.element(this.item, () -> this.deadline);
			Acceptance answer = (waitNanos() > 0) ? offerOrWait(element) : this.queue.tryOffer(element);
			if (answer == Acceptance.FULL && this.producer != null) {
				arm();
				return;
			}
			if (answer != Acceptance.OUTDATED) {
				report(answer);
				return;
			}
		}
	}

	private Acceptance offerOrWait(Object element) {
		Acceptance answer = this.queue.engine().offer(element, null);
		if (answer != Acceptance.FULL) {
			return answer;
		}
		Producer.Sending waiting = new Producer.Sending(element, this::answered);
		this.producer = waiting;
		answer = this.queue.engine().offer(element, waiting);
		if (answer != Acceptance.FULL) {
			this.producer = null;
		}
		return answer;
	}

	private long waitNanos() {
		return (this.queue.overloadPolicy() == QueueOverloadPolicy.WAIT)
				? Math.min(this.queue.maxWaitNanos(), this.deadline.remainingNanos()) : 0;
	}

	private void arm() {
		long nanos = waitNanos();
		if (nanos != ParkedNode.UNLIMITED) {
			this.timeout = this.queue.timer().schedule(nanos, () -> this.outcome.executor().execute(this::expire));
		}
		if (this.ended) {
			disarm();
		}
	}

	private void disarm() {
		this.ended = true;
		DeadlineTimer.Timeout armed = this.timeout;
		if (armed != null) {
			armed.cancel();
		}
	}

	/**
	 * Called by whoever made room or closed the queue.
	 */
	private void answered() {
		disarm();
		this.outcome.executor().execute(() -> {
			Producer.Sending answered = this.producer;
			report((answered != null && answered.answer != null) ? answered.answer : Acceptance.CLOSED);
		});
	}

	private void expire() {
		if (withdraw()) {
			report(Acceptance.FULL);
		}
	}

	/**
	 * Takes the item back.
	 * @return whether that was possible; then there is no outcome
	 */
	boolean cancel() {
		boolean withdrawn = withdraw();
		if (withdrawn) {
			disarm();
		}
		return withdrawn;
	}

	private boolean withdraw() {
		Producer.Sending waiting = this.producer;
		return waiting != null && this.queue.engine().withdraw(waiting);
	}

	private void report(Acceptance answer) {
		if (answer == Acceptance.ACCEPTED) {
			this.outcome.sent();
		}
		else if (answer == Acceptance.CLOSED) {
			this.outcome.refused(this.queue.closed());
		}
		else {
			this.queue.counters().rejected(this.queue, false);
			this.outcome.refused(this.queue.refusal(this.start, this.deadline));
		}
	}

	/**
	 * Is told what came of the sending.
	 */
	interface Outcome {

		/**
		 * Returns what runs the other methods, if the item had to wait.
		 */
		Executor executor();

		void sent();

		void refused(Throwable reason);

	}

}
