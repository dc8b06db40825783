package io.asyncstarter.deadline;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * Work that has a deadline, on the thread that does it. A scope is entered once, by one
 * of the methods that do work.
 * <p>
 * When the deadline passes while the scope is entered, its thread is interrupted, once.
 * What comes of that depends on how the work ends:
 * <ul>
 * <li>It throws an interruption: an {@link InterruptedException}, a
 * {@link java.nio.channels.ClosedByInterruptException}, a
 * {@link java.nio.channels.FileLockInterruptionException}, an
 * {@link java.io.InterruptedIOException} other than a
 * {@link java.net.SocketTimeoutException}, the {@link java.net.SocketException} "Closed
 * by interrupt" of virtual threads, or anything that has one of these among its causes.
 * (Causes of {@link java.util.concurrent.ExecutionException},
 * {@link java.util.concurrent.CompletionException} and every {@link CausedElsewhere} do
 * not count, since they speak of another task or scope; nor does a
 * {@link java.util.concurrent.CancellationException} by itself.) Then the scope raises a
 * {@link DeadlineExceededException} whose cause is what was thrown.</li>
 * <li>It throws something else: that is thrown on, with a
 * {@link DeadlineExceededException} among its suppressed exceptions.</li>
 * <li>It returns: the result is returned, and {@link #isExpired()} tells.</li>
 * </ul>
 * In each case the interrupt flag is clear again. If a scope around this one has expired
 * too since this one was entered, this one lets result, exception and flag pass as they
 * are, and the outer one answers.
 * <p>
 * Interrupts from elsewhere are not swallowed. One that came before the expiry is the
 * only one: its exception or flag passes as it is. One that came after the work had been
 * delivered the expiry's {@link InterruptedException} is still in the flag afterwards.
 * What cannot be told apart, since a thread has but one flag: an interrupt that comes
 * while that of the expiry is still pending is one with it, and so is one that comes
 * after the work has caught that of the expiry and carried on.
 * <p>
 * Looking at a scope and rescheduling it are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class DeadlineScope extends ThreadBound {

	/*
	 * Invariants. (1) The scope is entered by whoever sets 'expiry', once. (2) 'raised'
	 * belongs to the thread that entered.
	 */

	private static final AtomicReferenceFieldUpdater<DeadlineScope, @Nullable ScopeExpiry> EXPIRY = AtomicReferenceFieldUpdater
		.newUpdater(DeadlineScope.class, ScopeExpiry.class, "expiry");

	/*
	 * Work may throw one and the same exception for ever. It must not collect ours.
	 */
	private static final int MOST_SUPPRESSED = 8;

	private final String name;

	private final Deadline deadline;

	private volatile @Nullable ScopeExpiry expiry;

	private @Nullable DeadlineExceededException raised;

	private DeadlineScope(String name, Deadline deadline) {
		this.name = name;
		this.deadline = deadline;
	}

	/**
	 * Returns a new scope that has yet to be entered.
	 * @param name the name by which exceptions speak of the work
	 * @param deadline the deadline; {@link Deadline#none()} for a scope that expires only
	 * if it is rescheduled
	 * @return a new scope
	 */
	public static DeadlineScope of(String name, Deadline deadline) {
		Assert.notNull(name, "'name' must not be null");
		Assert.notNull(deadline, "'deadline' must not be null");
		return new DeadlineScope(name, deadline);
	}

	/**
	 * Does work in a new scope whose time starts to run now.
	 * @param <T> the type of the result
	 * @param <X> the type of checked exception the work throws
	 * @param name the name by which exceptions speak of the work
	 * @param timeout the time from now on
	 * @param work the work
	 * @return the result of the work
	 * @throws X if the work fails
	 */
	static <T extends @Nullable Object, X extends Exception> T within(String name, Duration timeout,
			DeadlineBody<T, X> work) throws X {
		Bound outside = CurrentBound.get();
		DeadlineTimer timer = (outside != null) ? outside.timer() : DeadlineTimer.shared();
		long now = timer.nanoTime();
		return of(name, Deadline.after(timeout, timer, now)).call(outside, now, work);
	}

	/**
	 * Enters this scope, does work on the calling thread, and leaves it.
	 * @param <T> the type of the result
	 * @param <X> the type of checked exception the work throws
	 * @param work the work; it starts out interrupted if the deadline has passed
	 * @return the result of the work, be it in time or not
	 * @throws X if the work fails
	 * @throws DeadlineExceededException if the work was interrupted by this scope
	 * @throws IllegalStateException if this scope has been entered before
	 */
	public <T extends @Nullable Object, X extends Exception> T call(DeadlineBody<T, X> work) throws X {
		Assert.notNull(work, "'work' must not be null");
		Bound outside = CurrentBound.get();
		return call(outside, timerInside(outside).nanoTime(), work);
	}

	/**
	 * Enters this scope, does work without a result on the calling thread, and leaves it.
	 * @param <X> the type of checked exception the work throws
	 * @param work the work; it starts out interrupted if the deadline has passed
	 * @throws X if the work fails
	 * @throws DeadlineExceededException if the work was interrupted by this scope
	 * @throws IllegalStateException if this scope has been entered before
	 */
	public <X extends Exception> void run(DeadlineRunnable<X> work) throws X {
		Assert.notNull(work, "'work' must not be null");
		this.<@Nullable Void, X>call((scope) -> {
			work.run();
			return null;
		});
	}

	/**
	 * Enters this scope, does work on the calling thread, leaves it, and is quiet if the
	 * work was interrupted by this scope.
	 * @param <T> the type of the result
	 * @param <X> the type of checked exception the work throws
	 * @param work the work; it starts out interrupted if the deadline has passed
	 * @return the outcome: the result, or that the time was up
	 * @throws X if the work fails
	 * @throws IllegalStateException if this scope has been entered before
	 */
	public <T extends @Nullable Object, X extends Exception> DeadlineOutcome<T> moveOn(DeadlineBody<T, X> work)
			throws X {
		try {
			return new DeadlineOutcome.Completed<>(call(work));
		}
		catch (DeadlineExceededException ex) {
			if (ex.equals(this.raised)) {
				return new DeadlineOutcome.Expired<>(ex);
			}
			throw ex;
		}
	}

	/**
	 * Moves the deadline of this scope, from whichever thread. It still cannot outlive
	 * the scopes around it.
	 * @param timeout the time from now on; zero and less expire the scope at once
	 * @throws IllegalStateException if this scope has not been entered, is expiring, has
	 * expired or has finished
	 */
	public void reschedule(Duration timeout) {
		reschedule(Deadline.after(timeout, timer()));
	}

	/**
	 * Moves the deadline of this scope, from whichever thread. It still cannot outlive
	 * the scopes around it.
	 * @param deadline the new deadline; one that has passed expires the scope at once
	 * @throws IllegalStateException if this scope has not been entered, is expiring, has
	 * expired or has finished
	 */
	public void reschedule(Deadline deadline) {
		Assert.notNull(deadline, "'deadline' must not be null");
		ScopeExpiry expiry = this.expiry;
		if (expiry == null || !expiry.reschedule(deadline)) {
			throw new IllegalStateException("Scope '%s' cannot be rescheduled: it %s".formatted(this.name, state()));
		}
	}

	/**
	 * Takes the deadline off this scope, from whichever thread. Those around it stay.
	 * @throws IllegalStateException if this scope has not been entered, is expiring, has
	 * expired or has finished
	 */
	public void disable() {
		reschedule(Deadline.none());
	}

	/**
	 * Returns the name by which exceptions speak of the work.
	 * @return the name
	 */
	public String getName() {
		return this.name;
	}

	/**
	 * Returns this scope's own deadline. The one that applies to the work inside may be
	 * earlier: see {@link Deadline#current()}.
	 * @return the deadline, or empty if there is none
	 */
	public Optional<Deadline> when() {
		ScopeExpiry expiry = this.expiry;
		Deadline when = (expiry != null) ? expiry.when() : this.deadline;
		return Optional.of(when).filter((deadline) -> !deadline.isUnbounded());
	}

	/**
	 * Returns whether the deadline passed while this scope was entered, however the work
	 * ended.
	 * @return {@code true} if this scope is expiring or has expired
	 */
	public boolean isExpired() {
		return state().isExpired();
	}

	@Override
	public String toString() {
		return "Scope '%s' %s, %s".formatted(this.name, state(), when().orElse(Deadline.none()));
	}

	@Override
	Deadline effective() {
		ScopeExpiry expiry = this.expiry;
		return this.carried.earliest((expiry != null) ? expiry.effective() : this.deadline);
	}

	@Override
	DeadlineTimer timer() {
		ScopeExpiry expiry = this.expiry;
		return (expiry != null) ? expiry.timer() : this.deadline.timer();
	}

	@Override
	@Nullable ScopeExpiry innermostExpiry() {
		return this.expiry;
	}

	private ScopeExpiry.State state() {
		ScopeExpiry expiry = this.expiry;
		return (expiry != null) ? expiry.state() : ScopeExpiry.State.CREATED;
	}

	private DeadlineTimer timerInside(@Nullable Bound outside) {
		return (this.deadline.isUnbounded() && outside != null) ? outside.timer() : this.deadline.timer();
	}

	private <T extends @Nullable Object, X extends Exception> T call(@Nullable Bound outside, long now,
			DeadlineBody<T, X> work) throws X {
		ScopeExpiry expiry = enter(outside, now);
		T result;
		try {
			result = work.call(this);
		}
		catch (Throwable ex) {
			this.raised = leave(expiry, ex);
			if (this.raised != null) {
				throw this.raised;
			}
			throw ex;
		}
		leave(expiry);
		return result;
	}

	private ScopeExpiry enter(@Nullable Bound outside, long now) {
		ScopeExpiry expiry = new ScopeExpiry(outside, timerInside(outside), null);
		if (!EXPIRY.compareAndSet(this, null, expiry)) {
			throw new IllegalStateException("Scope '%s' has already been entered".formatted(this.name));
		}
		this.outside = outside;
		CurrentBound.set(this);
		try {
			expiry.open(this.deadline, now);
		}
		catch (Throwable ex) {
			leave(expiry);
			throw ex;
		}
		return expiry;
	}

	private void leave(ScopeExpiry expiry) {
		CurrentBound.set(this.outside);
		expiry.leave(Interruption.ABSENT);
	}

	/**
	 * Leaves this scope after its work has failed.
	 * @param expiry the expiry of this scope
	 * @param failure what the work threw
	 * @return what to throw instead, or {@code null} if the failure is to be thrown on
	 */
	private @Nullable DeadlineExceededException leave(ScopeExpiry expiry, Throwable failure) {
		CurrentBound.set(this.outside);
		Interruption interruption = Interruption.in(failure);
		if (!expiry.leave(interruption)) {
			return null;
		}
		if (interruption != Interruption.ABSENT) {
			return expiry.exception(this.name, failure);
		}
		if (failure.getSuppressed().length < MOST_SUPPRESSED) {
			failure.addSuppressed(expiry.exception(this.name, null));
		}
		return null;
	}

}
