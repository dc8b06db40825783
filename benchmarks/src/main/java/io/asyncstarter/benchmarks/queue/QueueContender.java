package io.asyncstarter.benchmarks.queue;

import java.util.concurrent.ArrayBlockingQueue;

import com.softwaremill.jox.Channel;

import io.asyncstarter.queue.WorkQueue;

/**
 * The queues that are compared. All of them hold the same number of items.
 */
public enum QueueContender {

	/**
	 * {@link WorkQueue} with consumers made by hand.
	 */
	WORK_QUEUE {

		@Override
		Transfer open(int capacity) {
			return through(WorkQueue.builder("benchmark").capacity(capacity).build());
		}

	},

	/**
	 * The same, and it is measured how long each item waits.
	 */
	WORK_QUEUE_MEASURED {

		@Override
		Transfer open(int capacity) {
			return through(WorkQueue.builder("benchmark").capacity(capacity).measured(true).build());
		}

	},

	/**
	 * The base: {@link ArrayBlockingQueue}.
	 */
	ARRAY_BLOCKING_QUEUE {

		@Override
		Transfer open(int capacity) {
			ArrayBlockingQueue<Object> queue = new ArrayBlockingQueue<>(capacity);
			return new Transfer() {

				@Override
				public void put(Object item) throws InterruptedException {
					queue.put(item);
				}

				@Override
				public Object take() throws InterruptedException {
					return queue.take();
				}

			};
		}

	},

	/**
	 * A buffered channel of Jox.
	 */
	JOX_CHANNEL {

		@Override
		Transfer open(int capacity) {
			Channel<Object> channel = Channel.newBufferedChannel(capacity);
			return new Transfer() {

				@Override
				public void put(Object item) throws InterruptedException {
					channel.send(item);
				}

				@Override
				public Object take() throws InterruptedException {
					return channel.receive();
				}

			};
		}

	};

	abstract Transfer open(int capacity);

	private static Transfer through(WorkQueue<Object> queue) {
		return new Transfer() {

			@Override
			public void put(Object item) throws InterruptedException {
				queue.put(item);
			}

			@Override
			public Object take() throws InterruptedException {
				return queue.take();
			}

		};
	}

}
