package io.asyncstarter.deadline;

import org.jspecify.annotations.Nullable;

/**
 * A stretch of work that other threads can cancel and that may have a deadline, entered
 * and left on its owner's thread by two calls rather than around a lambda. Both interrupt
 * the owner, at most once, by the rules of {@link DeadlineScope}: a scope clears only the
 * interrupt that it caused, and if a scope around it has expired too, the outer one
 * answers.
 * <p>
 * All methods belong to the owner, except where they say otherwise.
 *
 * @since 0.1.0
 */
public abstract non-sealed class CancelScope extends ThreadBound {

	/*
	 * Invariant. The scope has been entered since 'expiry' is set, and has been left
	 * since 'exited' is: then it bounds nothing, even if code that was misused keeps it
	 * around.
	 */

	private final Deadline deadline;

	private volatile @Nullable ScopeExpiry expiry;

	private boolean exited;

	/**
	 * Creates a scope that has yet to be entered.
	 * @param deadline the deadline, {@link Deadline#none()} if there is none
	 */
	protected CancelScope(Deadline deadline) {
		this.deadline = deadline;
	}

	/**
	 * Called when the deadline passes, on the timer's thread or, if it has passed
	 * already, by {@link #enter()}. Must be short and must not call a user's code. It is
	 * not called if it was the owner who noticed, in {@link #leave}.
	 */
	protected abstract void expired();

	/**
	 * Enters this scope on the calling thread, which becomes its owner.
	 */
	public final void enter() {
		Bound outside = CurrentBound.get();
		this.outside = outside;
		DeadlineTimer timer = (this.deadline.isUnbounded() && outside != null) ? outside.timer()
				: this.deadline.timer();
		ScopeExpiry expiry = new ScopeExpiry(outside, timer, this::expired);
		this.expiry = expiry;
		CurrentBound.set(this);
		expiry.open(this.deadline, timer.nanoTime());
		if (expiry.isDeadlineExceeded()) {
			expired();
		}
	}

	/**
	 * Cancels the work: the owner is interrupted, unless this scope is quiet, has expired
	 * or has been left. Safe for use by multiple threads.
	 */
	public final void cancel() {
		expiry().cancel();
	}

	/**
	 * From now on, the owner is not interrupted any more by this scope, and an interrupt
	 * that it may not have noticed yet is taken back. Called before the owner waits for
	 * something by which it will be told of the end in another way.
	 * @return whether such an interrupt has to stay until {@link #exit()}, since another
	 * scope is entered inside of this one: the owner's flag may speak of it
	 */
	public final boolean quiet() {
		return expiry().quiet(isInnermost());
	}

	/**
	 * Leaves this scope because its work has ended and settles the accounts; bounds of
	 * the thread are unchanged until {@link #exit()}.
	 * @param interruption how an interrupt shows in what the work threw
	 * @return whether the interruption is this scope's own: {@code false} if there is
	 * none, it is somebody else's or a scope around this one is to answer for it
	 */
	public final boolean leave(Interruption interruption) {
		return expiry().leave(interruption) && interruption != Interruption.ABSENT;
	}

	/**
	 * Leaves this scope, which is quiet, after the owner's wait has ended.
	 * @return whether this scope has expired and so has a scope around it, which then is
	 * to answer for that
	 */
	public final boolean leaveQuietly() {
		return expiry().leaveQuietly();
	}

	/**
	 * Takes this scope, which has been left, off the bounds of the thread.
	 */
	public final void exit() {
		this.exited = true;
		if (isInnermost()) {
			CurrentBound.set(this.outside);
		}
		expiry().settleLate();
	}

	/**
	 * Returns whether the deadline has passed while this scope was entered, and nobody
	 * had cancelled it. Safe for use by multiple threads.
	 * @return {@code true} if it was the deadline that interrupted
	 */
	public final boolean isDeadlineExceeded() {
		return expiry().isDeadlineExceeded();
	}

	/**
	 * Returns whether this scope is what the calling thread has entered last.
	 * @return {@code true} if there is nothing inside of it
	 */
	@SuppressWarnings("ReferenceEquality") // a scope is itself only
	public final boolean isInnermost() {
		return CurrentBound.get() == this;
	}

	/**
	 * Returns whether a scope around this one, or the task it is part of, has expired or
	 * been cancelled since this scope was entered.
	 * @return {@code true} if the owner has been, or is about to be, interrupted by one
	 */
	public final boolean isCancelledFromAround() {
		return expiry().isCancelledFromAround();
	}

	/**
	 * Returns the exception that this scope answers with when its deadline was exceeded.
	 * @param name the name of the scope
	 * @param cause what the interrupted work threw, or {@code null} if there is nothing
	 * @return a new exception
	 */
	public final DeadlineExceededException exception(String name, @Nullable Throwable cause) {
		return expiry().exception(name, cause);
	}

	/**
	 * Returns the earliest deadline of this scope and of all that it is inside of.
	 * @return the effective deadline
	 */
	public final Deadline effectiveDeadline() {
		return effective();
	}

	boolean isExited() {
		return this.exited;
	}

	private ScopeExpiry expiry() {
		ScopeExpiry expiry = this.expiry;
		if (expiry == null) {
			throw new IllegalStateException("The scope has not been entered");
		}
		return expiry;
	}

	@Override
	final Deadline effective() {
		return this.carried.earliest(expiry().effective());
	}

	@Override
	final DeadlineTimer timer() {
		return expiry().timer();
	}

	@Override
	final ScopeExpiry innermostExpiry() {
		return expiry();
	}

}
