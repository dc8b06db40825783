package io.asyncstarter.executor;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;

/**
 * The submitters that wait for room, in order of arrival. Not safe for use by multiple
 * threads: guarded by the lock of {@link Admission}.
 */
final class WaitingLine {

	private final Set<Waiter> waiters = new LinkedHashSet<>();

	/**
	 * How many of the waiters hold a permit of the same executor.
	 */
	private int nested;

	int size() {
		return this.waiters.size();
	}

	int nested() {
		return this.nested;
	}

	void add(Waiter waiter) {
		this.waiters.add(waiter);
		if (waiter.nested()) {
			this.nested++;
		}
	}

	boolean remove(Waiter waiter) {
		boolean removed = this.waiters.remove(waiter);
		if (removed && waiter.nested()) {
			this.nested--;
		}
		return removed;
	}

	/**
	 * Answers the waiters in their order until one would still find no room.
	 * @param enter asks for admission of a task
	 */
	void admit(Function<BoundedTask<?>, Offer> enter) {
		Iterator<Waiter> iterator = this.waiters.iterator();
		while (iterator.hasNext()) {
			Waiter waiter = iterator.next();
			Offer offer = enter.apply(waiter.task);
			if (offer == Offer.SATURATED) {
				return;
			}
			iterator.remove();
			answer(waiter, offer);
		}
	}

	/**
	 * Refuses the waiter that came last of those that hold a permit.
	 */
	void refuseLastNested() {
		Waiter last = null;
		for (Waiter waiter : this.waiters) {
			last = (waiter.nested()) ? waiter : last;
		}
		if (last != null) {
			this.waiters.remove(last);
			answer(last, Offer.SELF_DEADLOCK);
		}
	}

	void refuseAll() {
		this.waiters.forEach((waiter) -> answer(waiter, Offer.SHUT_DOWN));
		this.waiters.clear();
	}

	private void answer(Waiter waiter, Offer offer) {
		if (waiter.nested()) {
			this.nested--;
		}
		if (offer != Offer.STARTED && offer != Offer.QUEUED) {
			waiter.task.state = TaskState.NEW;
		}
		waiter.answer(offer);
	}

}
