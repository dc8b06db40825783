package io.asyncstarter.deadline;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The expiry of a scope from its entry on: armed, moved, run by the timer, and accounted
 * for when the scope is left. Instances are safe for use by multiple threads.
 */
final class ScopeExpiry implements Runnable {

	/*
	 * Invariants. (1) All mutable fields are guarded by the ledger's lock. (2) OPEN is
	 * left once: to FINISHED by the owner, or to EXPIRING by whoever first sees that the
	 * deadline has passed. (3) The owner is interrupted on the way from OPEN to EXPIRING
	 * and at no other time, so never after the scope was left. (4) A timeout is armed
	 * only while OPEN. One that was too late to be cancelled finds another state, or a
	 * deadline that has been moved away, and does nothing. (5) Lock order: ledger, then
	 * timer. The timer holds no lock while it runs an expiry.
	 */

	private final InterruptLedger ledger;

	private final @Nullable ScopeExpiry outer;

	private final DeadlineTimer timer;

	private final Deadline inherited;

	private State state = State.CREATED;

	private Deadline when = Deadline.none();

	private DeadlineTimer.@Nullable Timeout timeout;

	private long enteredAt;

	/*
	 * The number of this expiry among those of the thread.
	 */
	private int number;

	private int expiriesBefore;

	private int signalsBefore;

	/**
	 * Creates the expiry of a scope that the calling thread is about to enter.
	 * @param outer the expiry of the scope around it, or {@code null} if there is none
	 * @param timer the source of time
	 * @param inherited the deadline that was carried to the thread since it entered the
	 * scope around it. Nobody else enforces it, so the scope does
	 */
	ScopeExpiry(@Nullable ScopeExpiry outer, DeadlineTimer timer, Deadline inherited) {
		this.ledger = (outer != null) ? outer.ledger : new InterruptLedger(Thread.currentThread());
		this.outer = outer;
		this.timer = timer;
		this.inherited = inherited;
	}

	/**
	 * Enters the scope on the calling thread. If the deadline has passed, the thread is
	 * interrupted when this method returns.
	 * @param deadline the deadline of the scope
	 * @param now the current time
	 */
	void open(Deadline deadline, long now) {
		this.ledger.acquire();
		try {
			this.enteredAt = now;
			this.expiriesBefore = this.ledger.expiries();
			this.signalsBefore = this.ledger.signals();
			this.state = State.OPEN;
			arm(deadline, now);
		}
		finally {
			this.ledger.release();
		}
	}

	/**
	 * Moves the deadline of the scope.
	 * @param deadline the new deadline
	 * @return whether the scope is open, or else nothing has changed
	 */
	boolean reschedule(Deadline deadline) {
		this.ledger.acquire();
		try {
			if (this.state == State.OPEN) {
				disarm();
				arm(deadline, this.timer.nanoTime());
				return true;
			}
			return false;
		}
		finally {
			this.ledger.release();
		}
	}

	/**
	 * Expires the scope if it is time. Called by the timer.
	 */
	@Override
	public void run() {
		this.ledger.acquire();
		try {
			if (this.state == State.OPEN && this.when.isExpired()) {
				expire();
				this.ledger.signal();
			}
		}
		finally {
			this.ledger.release();
		}
	}

	/**
	 * Leaves the scope. An expiry that is under way has ended when this method returns,
	 * and none comes later.
	 * @param interruption how an interrupt shows in what the work threw
	 * @return whether the scope has expired and is the one to answer for it: false if a
	 * scope around it is, or if the interruption is somebody else's
	 */
	boolean leave(Interruption interruption) {
		this.ledger.acquire();
		try {
			if (this.state == State.OPEN && interruption != Interruption.ABSENT && this.when.isExpired()) {
				expire();
			}
			if (this.state == State.OPEN) {
				this.state = State.FINISHED;
				return false;
			}
			this.state = State.EXPIRED;
			if (isOuterExpired(interruption)) {
				return false;
			}
			boolean own = this.ledger.settle(this.signalsBefore, interruption);
			return own || interruption == Interruption.ABSENT;
		}
		finally {
			disarm();
			this.ledger.release();
		}
	}

	/**
	 * Returns whether a scope around this one has expired since this one was entered.
	 * @param interruption how an interrupt shows in what the work threw. If it was ours,
	 * it also serves scopes whose time has come and whose timer has not: which of two
	 * timers runs first decides nothing
	 * @return {@code true} if the outer scope is to answer
	 */
	private boolean isOuterExpired(Interruption interruption) {
		boolean signalled = this.ledger.signals() > this.signalsBefore && interruption != Interruption.ABSENT;
		boolean expired = false;
		for (ScopeExpiry scope = this.outer; scope != null; scope = scope.outer) {
			if (signalled && scope.state == State.OPEN && scope.when.isExpired()) {
				scope.expire();
			}
			expired |= scope.state == State.EXPIRING && scope.number > this.expiriesBefore;
		}
		return expired;
	}

	private void arm(Deadline deadline, long now) {
		this.when = deadline.on(this.timer).earliest(this.inherited).on(this.timer);
		if (this.when.isUnbounded()) {
			return;
		}
		long remaining = this.when.remainingNanos(now);
		if (remaining > 0) {
			this.timeout = this.timer.schedule(now, remaining, this);
		}
		else {
			expire();
			this.ledger.signal();
		}
	}

	private void disarm() {
		if (this.timeout != null) {
			this.timeout.cancel();
			this.timeout = null;
		}
	}

	private void expire() {
		this.state = State.EXPIRING;
		this.number = this.ledger.nextExpiry();
		disarm();
	}

	DeadlineTimer timer() {
		return this.timer;
	}

	Deadline when() {
		this.ledger.acquire();
		try {
			return this.when;
		}
		finally {
			this.ledger.release();
		}
	}

	State state() {
		this.ledger.acquire();
		try {
			return this.state;
		}
		finally {
			this.ledger.release();
		}
	}

	/**
	 * Returns the earliest deadline of this scope and of all scopes around it.
	 * @return the effective deadline
	 */
	Deadline effective() {
		this.ledger.acquire();
		try {
			Deadline earliest = this.when;
			for (ScopeExpiry scope = this.outer; scope != null; scope = scope.outer) {
				earliest = earliest.earliest(scope.when);
			}
			return earliest;
		}
		finally {
			this.ledger.release();
		}
	}

	/**
	 * Returns the exception that the scope answers with, after it was left.
	 * @param name the name of the scope
	 * @param cause what the interrupted work threw, or {@code null} if there is nothing
	 * @return a new exception
	 */
	DeadlineExceededException exception(String name, @Nullable Throwable cause) {
		Duration budget = Duration.ofNanos(Math.max(0, when().remainingNanos(this.enteredAt)));
		Duration elapsed = Duration.ofNanos(this.timer.nanoTime() - this.enteredAt);
		return new DeadlineExceededException(name, budget, elapsed, cause);
	}

	/**
	 * The states of a scope, in the words of asyncio's {@code Timeout}.
	 */
	enum State {

		CREATED("has not been entered"), OPEN("is active"), EXPIRING("is expiring"), EXPIRED("has expired"),
		FINISHED("has finished");

		private final String text;

		State(String text) {
			this.text = text;
		}

		boolean isExpired() {
			return this == EXPIRING || this == EXPIRED;
		}

		@Override
		public String toString() {
			return this.text;
		}

	}

}
