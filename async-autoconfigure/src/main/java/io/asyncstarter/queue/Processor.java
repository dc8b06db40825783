package io.asyncstarter.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.context.ObservedScope;
import io.asyncstarter.context.TaskContext;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.policy.Policy;

/**
 * Processes what a managed consumer has taken: all of it ends as processed or as a dead
 * letter, and nothing is thrown. Safe for use by multiple threads.
 *
 * @param <T> the type of the items
 */
final class Processor<T> {

	private final WorkQueue<T> queue;

	private final QueueFunction<List<Delivery<T>>> handler;

	private final @Nullable Policy policy;

	private final boolean single;

	/**
	 * What items are processed in that do not carry a context.
	 */
	private final TaskContext emptyContext;

	/**
	 * Creates a processor, on a thread that nothing is bound to.
	 * @param single whether items are taken one by one
	 */
	Processor(WorkQueue<T> queue, QueueFunction<List<Delivery<T>>> handler, @Nullable Policy policy, boolean single) {
		this.queue = queue;
		this.handler = handler;
		this.policy = policy;
		this.single = single;
		this.emptyContext = TaskContext.capture();
	}

	void process(List<Entry<T>> taken) {
		long start = this.queue.timer().nanoTime();
		for (Entry<T> entry : taken) {
			entry.takenAt = start;
			this.queue.counters().taken(this.queue, start - entry.acceptedAt);
		}
		List<Entry<T>> live = live(taken);
		if (live.isEmpty()) {
			return;
		}
		TaskContext carried = (this.single) ? live.get(0).context : null;
		TaskContext.Scope scope = ((carried != null) ? carried : this.emptyContext).open(false);
		try {
			int failed = observed(live);
			this.queue.counters()
				.processed(this.queue, live.size() - failed, failed, this.queue.timer().nanoTime() - start);
		}
		finally {
			scope.close();
			// What a handler leaves of an interrupt is nothing to the next item.
			Thread.interrupted();
		}
	}

	/**
	 * Gives up those whose deadline has passed.
	 */
	private List<Entry<T>> live(List<Entry<T>> taken) {
		List<Entry<T>> live = new ArrayList<>(taken.size());
		for (Entry<T> entry : taken) {
			if (!entry.deadline.isExpired()) {
				live.add(entry);
			}
			else {
				this.queue.deadLetters().expired(entry, expiry(entry));
			}
		}
		return live;
	}

	private DeadlineExceededException expiry(Entry<T> entry) {
		long waited = entry.takenAt - entry.acceptedAt;
		long budget = Math.max(0, waited + entry.deadline.remainingNanos());
		return new DeadlineExceededException(this.queue.getName(), Duration.ofNanos(budget), Duration.ofNanos(waited),
				null);
	}

	/**
	 * Processes items.
	 * @return how many of them failed
	 */
	private int observed(List<Entry<T>> live) {
		ObservedScope observed = ObservedScope.open(this.queue.observer(), "queue", this.queue.getName());
		Attempts<T> attempts = new Attempts<>(this.queue, this.handler, live);
		Throwable failure = null;
		try {
			run(live, attempts);
			return 0;
		}
		catch (Throwable ex) {
			failure = ex;
			return attempts.giveUp(ex);
		}
		finally {
			if (observed != null) {
				observed.close(failure);
			}
		}
	}

	private void run(List<Entry<T>> live, Attempts<T> attempts) throws Exception {
		Entry<T> first = live.get(0);
		if (this.single && !first.deadline.isUnbounded()) {
			first.deadline.<@Nullable Void>call(this.queue.getName(), () -> call(attempts));
		}
		else {
			call(attempts);
		}
	}

	private @Nullable Void call(Attempts<T> attempts) throws Exception {
		return (this.policy != null) ? this.policy.<@Nullable Void>call(attempts) : attempts.call();
	}

}
