package io.asyncstarter.sync;

import java.util.concurrent.locks.Condition;

/**
 * A thread in the line of a {@link ConcurrencyLimiter}. The fields are guarded by the
 * lock of the limiter.
 */
final class LimiterWaiter {

	final Holding holding;

	/**
	 * Whether the thread waits until it is let in, however long that takes.
	 */
	final boolean patient;

	/**
	 * Signalled when there is an answer.
	 */
	final Condition answered;

	Answer answer = Answer.WAIT;

	LimiterWaiter(Holding holding, boolean patient, Condition answered) {
		this.holding = holding;
		this.patient = patient;
		this.answered = answered;
	}

	void answer(Answer answer) {
		this.answer = answer;
		this.answered.signal();
	}

	/**
	 * What a limiter says to somebody who asks for a permit.
	 */
	enum Answer {

		/**
		 * The permit was given.
		 */
		ENTERED,

		/**
		 * There is none yet.
		 */
		WAIT,

		/**
		 * There will be none, since all who could give one back wait for one themselves.
		 */
		DEADLOCK

	}

}
