package io.asyncstarter.sync;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.asyncstarter.sync.LimiterWaiter.Answer;

/**
 * The permits of a {@link ConcurrencyLimiter}, who has them, and the line of those who
 * wait for one. Not safe for use by multiple threads: guarded by the lock of the limiter.
 */
final class LimiterPlaces {

	/*
	 * Between any two calls: (1) 'taken' is the sum of the permits in 'holdings', which
	 * has the threads that have at least one. (2) Somebody is in 'line' only while
	 * 'taken' is not less than 'limit': there is nobody to pass over. (3) A waiter in the
	 * line has no answer yet; the answer takes it out of the line, and with ENTERED the
	 * permit is already its thread's. (4) 'stuck' counts the permits of threads that wait
	 * patiently. It is less than 'limit', so some thread is left that can make room.
	 */

	private final Map<Thread, Holding> holdings = new HashMap<>();

	private final Set<LimiterWaiter> line = new LinkedHashSet<>();

	private int limit;

	private int taken;

	private int stuck;

	LimiterPlaces(int limit) {
		this.limit = limit;
	}

	int limit() {
		return this.limit;
	}

	int taken() {
		return this.taken;
	}

	int waiting() {
		return this.line.size();
	}

	List<Thread> holders() {
		return List.copyOf(this.holdings.keySet());
	}

	Holding holding(Thread thread) {
		return this.holdings.getOrDefault(thread, new Holding(thread));
	}

	/**
	 * Takes a permit if there is one that nobody waits for.
	 */
	boolean tryEnter(Holding holding) {
		if (this.taken >= this.limit) {
			return false;
		}
		take(holding);
		return true;
	}

	private void take(Holding holding) {
		this.taken++;
		holding.permits++;
		this.holdings.put(holding.thread, holding);
	}

	/**
	 * Takes a permit, or stands in line for one unless that is in vain.
	 */
	Answer enterOrStandInLine(LimiterWaiter waiter) {
		if (tryEnter(waiter.holding)) {
			return Answer.ENTERED;
		}
		int own = waiter.holding.permits;
		if (own > 0 && this.stuck + own >= this.limit) {
			return Answer.DEADLOCK;
		}
		this.line.add(waiter);
		if (waiter.patient) {
			this.stuck += own;
		}
		return Answer.WAIT;
	}

	/**
	 * Takes a waiter out of the line.
	 * @return false if it has got an answer meanwhile
	 */
	boolean withdraw(LimiterWaiter waiter) {
		boolean waited = this.line.remove(waiter);
		if (waited) {
			left(waiter);
		}
		return waited;
	}

	private void left(LimiterWaiter waiter) {
		if (waiter.patient) {
			this.stuck -= waiter.holding.permits;
		}
	}

	/**
	 * Takes a permit back.
	 */
	void leave(Holding holding) {
		this.taken--;
		holding.permits--;
		if (holding.permits == 0) {
			this.holdings.remove(holding.thread);
		}
		admit();
	}

	void limit(int newLimit) {
		this.limit = newLimit;
		admit();
		while (this.stuck >= newLimit) {
			refuseLastHolder();
		}
	}

	private void admit() {
		Iterator<LimiterWaiter> first = this.line.iterator();
		while (this.taken < this.limit && first.hasNext()) {
			LimiterWaiter waiter = first.next();
			first.remove();
			left(waiter);
			take(waiter.holding);
			waiter.answer(Answer.ENTERED);
		}
	}

	private void refuseLastHolder() {
		LimiterWaiter last = this.line.stream()
			.filter((waiter) -> waiter.patient && waiter.holding.permits > 0)
			.reduce((earlier, later) -> later)
			.orElseThrow();
		withdraw(last);
		last.answer(Answer.DEADLOCK);
	}

}
