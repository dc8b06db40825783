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
	 * deadline has passed, or cancels. (3) The owner is interrupted on the way from OPEN
	 * to EXPIRING and at no other time, so never after the scope was left. (4) A timeout
	 * is armed only while OPEN. One that was too late to be cancelled finds another
	 * state, or a deadline that has been moved away, and does nothing. (5) Lock order:
	 * ledger, then timer. The timer holds no lock while it runs an expiry.
	 */

	private final InterruptLedger ledger;

	private final @Nullable ScopeExpiry outer;

	private final DeadlineTimer timer;

	private final Deadline inherited;

	/*
	 * The task that the scope is part of. Those further out are those of the outer
	 * expiries.
	 */
	private final @Nullable TaskBound task;

	private final @Nullable Runnable callback;

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

	private int cancellationsBefore;

	/*
	 * Whether it was cancelled before its deadline passed.
	 */
	private boolean cancelled;

	/*
	 * Whether the owner is no longer to be interrupted.
	 */
	private boolean quiet;

	/*
	 * Whether a signal stayed when it became quiet.
	 */
	private boolean unsettled;

	/**
	 * Creates the expiry of a scope that the calling thread is about to enter.
	 * @param outside what bounds the thread, or {@code null} if nothing does
	 * @param timer the source of time
	 * @param callback what to run when the timer has expired the scope, or {@code null}
	 */
	ScopeExpiry(@Nullable Bound outside, DeadlineTimer timer, @Nullable Runnable callback) {
		this.outer = (outside != null) ? outside.innermostExpiry() : null;
		this.ledger = (this.outer != null) ? this.outer.ledger : new InterruptLedger(Thread.currentThread());
		this.timer = timer;
		this.inherited = (outside != null) ? outside.unenforced() : Deadline.none();
		this.task = (outside != null) ? outside.innermostTask() : null;
		this.callback = callback;
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
			this.cancellationsBefore = cancellations();
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
	 * Takes the deadline off the scope for a while.
	 * @return what to {@link #resume resume} with; {@link Deadline#none()} if the scope
	 * is not open or has no deadline
	 */
	Deadline suspend() {
		this.ledger.acquire();
		try {
			if (this.state != State.OPEN) {
				return Deadline.none();
			}
			Deadline suspended = this.when;
			disarm();
			this.when = Deadline.none();
			return suspended;
		}
		finally {
			this.ledger.release();
		}
	}

	/**
	 * Gives the scope back the deadline that it had, unless it got another one meanwhile.
	 * If that has passed, the timer expires the scope at once.
	 * @param suspended what {@link #suspend()} returned
	 */
	void resume(Deadline suspended) {
		this.ledger.acquire();
		try {
			if (this.state == State.OPEN && this.when.isUnbounded() && !suspended.isUnbounded()) {
				this.when = suspended;
				long now = this.timer.nanoTime();
				this.timeout = this.timer.schedule(now, Math.max(0, suspended.remainingNanos(now)), this);
			}
		}
		finally {
			this.ledger.release();
		}
	}

	@Nullable ScopeExpiry outer() {
		return this.outer;
	}

	/**
	 * Expires the scope if it is time. Called by the timer.
	 */
	@Override
	public void run() {
		boolean expired;
		this.ledger.acquire();
		try {
			expired = this.state == State.OPEN && this.when.isExpired();
			if (expired) {
				expire();
				signal();
			}
		}
		finally {
			this.ledger.release();
		}
		if (expired && this.callback != null) {
			this.callback.run();
		}
	}

	/**
	 * Expires the scope ahead of its time. Called by any thread.
	 */
	void cancel() {
		this.ledger.acquire();
		try {
			if (this.state == State.OPEN) {
				this.cancelled = true;
				expire();
				signal();
			}
		}
		finally {
			this.ledger.release();
		}
	}

	/**
	 * From now on the owner is not interrupted, and a signal that may still be pending is
	 * taken back. Called by the owner.
	 * @param innermost whether no scope is entered inside of this one; if there is one,
	 * the signal is part of its accounts and stays until {@link #settleLate()}
	 * @return whether a signal stays, so that the flag, if it is set, may speak of it
	 */
	boolean quiet(boolean innermost) {
		this.ledger.acquire();
		try {
			this.quiet = true;
			if (this.state != State.EXPIRING || this.ledger.signals() <= this.signalsBefore || isOuterExpired(false)) {
				return false;
			}
			if (innermost) {
				settle(Interruption.ABSENT);
			}
			this.unsettled = !innermost;
			return this.unsettled;
		}
		finally {
			this.ledger.release();
		}
	}

	/**
	 * Takes a signal back that had to stay, now that no scope is entered inside any more.
	 */
	void settleLate() {
		this.ledger.acquire();
		try {
			if (this.unsettled && !isOuterExpired(false)) {
				settle(Interruption.ABSENT);
			}
			this.unsettled = false;
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
			if (isOuterExpired(this.ledger.signals() > this.signalsBefore && interruption != Interruption.ABSENT)) {
				return false;
			}
			return settle(interruption) || interruption == Interruption.ABSENT;
		}
		finally {
			disarm();
			this.ledger.release();
		}
	}

	/**
	 * Leaves the scope after it was made quiet.
	 * @return whether it has expired and a scope around it is to answer for that
	 */
	boolean leaveQuietly() {
		this.ledger.acquire();
		try {
			if (this.state == State.OPEN) {
				this.state = State.FINISHED;
				return false;
			}
			this.state = State.EXPIRED;
			int expiries = this.ledger.expiries();
			boolean outer = isOuterExpired(!this.cancelled);
			if (this.ledger.expiries() > expiries && this.ledger.signals() == this.signalsBefore) {
				// An outer scope was made to answer that has not interrupted the owner.
				this.ledger.delivered();
			}
			return outer;
		}
		finally {
			disarm();
			this.ledger.release();
		}
	}

	private void signal() {
		if (!this.quiet) {
			this.ledger.signal();
		}
	}

	private boolean settle(Interruption interruption) {
		boolean own = this.ledger.settle(this.signalsBefore, interruption);
		// A task is cancelled without the lock. Was its interrupt cleared with ours?
		if (cancellations() > this.cancellationsBefore) {
			Thread.currentThread().interrupt();
		}
		return own;
	}

	/**
	 * Returns how many of the tasks that this scope is part of are to stop.
	 */
	private int cancellations() {
		int count = 0;
		TaskBound last = null;
		for (ScopeExpiry scope = this; scope != null && scope.task != null; scope = scope.outer) {
			if (!scope.task.equals(last) && scope.task.isCancelRequested()) {
				count++;
			}
			last = scope.task;
		}
		return count;
	}

	/**
	 * Returns whether a scope around this one has expired, or a task around it has been
	 * cancelled, since this one was entered.
	 * @param serves whether an expiry of ours also serves scopes whose time has come and
	 * whose timer has not: which of two timers runs first decides nothing
	 * @return {@code true} if the outer scope or the task's owner is to answer
	 */
	private boolean isOuterExpired(boolean serves) {
		boolean expired = cancellations() > this.cancellationsBefore;
		for (ScopeExpiry scope = this.outer; scope != null; scope = scope.outer) {
			if (serves && scope.state == State.OPEN && scope.when.isExpired()) {
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
			signal();
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

	boolean isDeadlineExceeded() {
		this.ledger.acquire();
		try {
			return this.state.isExpired() && !this.cancelled;
		}
		finally {
			this.ledger.release();
		}
	}

	boolean isCancelledFromAround() {
		this.ledger.acquire();
		try {
			return isOuterExpired(false);
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
	 * Returns the earliest deadline of this scope and of all scopes and tasks around it.
	 * @return the effective deadline
	 */
	Deadline effective() {
		this.ledger.acquire();
		try {
			Deadline earliest = Deadline.none();
			for (ScopeExpiry scope = this; scope != null; scope = scope.outer) {
				if (!scope.state.isLeft()) {
					earliest = earliest.earliest(scope.when);
				}
				if (scope.task != null) {
					earliest = earliest.earliest(scope.task.deadline());
				}
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

		boolean isLeft() {
			return this == EXPIRED || this == FINISHED;
		}

		@Override
		public String toString() {
			return this.text;
		}

	}

}
