package io.asyncstarter.queue;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Somebody who waits for room for an item. Links and answer are guarded by the lock of
 * {@link QueueEngine} until the producer has been woken.
 */
abstract sealed class Producer extends LineNode {

	/**
	 * The item or its entry, as in {@link ItemStore}.
	 */
	Object element;

	/**
	 * What became of the item, or {@code null} as long as it waits.
	 */
	@Nullable Acceptance answer;

	Producer(Object element) {
		this.element = element;
	}

	/**
	 * A thread that waits for room. Its place is kept free for it from the moment it is
	 * called.
	 */
	static final class Parked extends Producer {

		private final ParkedNode parking = new ParkedNode();

		boolean called;

		Parked(Object element) {
			super(element);
		}

		@Override
		void wake() {
			this.parking.wake();
		}

		/**
		 * Waits until it is woken, the time is up or the thread is interrupted.
		 */
		void await(long nanos, DeadlineTimer timer) {
			this.parking.await(nanos, timer);
		}

	}

	/**
	 * A producer that holds no thread. Its item is accepted by whoever makes room, which
	 * then tells it so.
	 */
	static final class Sending extends Producer {

		private final Runnable answered;

		Sending(Object element, Runnable answered) {
			super(element);
			this.answered = answered;
		}

		@Override
		void wake() {
			this.answered.run();
		}

	}

}
