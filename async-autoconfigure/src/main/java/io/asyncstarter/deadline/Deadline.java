package io.asyncstarter.deadline;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * A point in monotonic time by which work has to be done.
 * <p>
 * Work runs under a deadline inside a scope, entered by one of the {@code within} methods
 * or by {@link #call(String, Callable) call}. Scopes nest on a thread: a child inherits
 * the deadlines around it and can only shorten them. When the deadline of a scope passes,
 * the thread that runs the scope is interrupted, and the scope turns the interruption
 * into a {@link DeadlineExceededException} once the work, its cleanup included, has
 * ended. Exactly what is turned into what is described in {@link DeadlineScope}.
 * <p>
 * The deadline that applies is {@link #current()}, always. A {@code Deadline} is a value:
 * it does not follow the scope it came from when that is rescheduled. Instances are safe
 * for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class Deadline extends Bound {

	static final String DEFAULT_NAME = "deadline";

	/*
	 * A fourth of the range, some 73 years: the difference between any two deadlines, and
	 * between a deadline and the present, cannot overflow.
	 */
	private static final long FARTHEST_NANOS = Long.MAX_VALUE >> 2;

	private static final Deadline NONE = new Deadline(DeadlineTimer.shared(), 0);

	private final DeadlineTimer timer;

	private final long at;

	private Deadline(DeadlineTimer timer, long at) {
		this.timer = timer;
		this.at = at;
	}

	/**
	 * Returns the deadline of the work that the calling thread is doing: the earliest of
	 * all scopes it is inside of and of the deadline that was carried to it, if any.
	 * @return the effective deadline, {@link #none()} outside of everything
	 */
	public static Deadline current() {
		Bound bound = CurrentBound.get();
		return (bound != null) ? bound.effective() : NONE;
	}

	/**
	 * Returns the deadline that never passes.
	 * @return the unbounded deadline
	 */
	public static Deadline none() {
		return NONE;
	}

	/**
	 * Returns a deadline that counts from now and is bound to no thread.
	 * @param timeout the time until then; zero and less give a deadline that has passed,
	 * more than 73 years are taken for 73 years
	 * @return a new deadline
	 */
	public static Deadline after(Duration timeout) {
		return after(timeout, CurrentBound.timer());
	}

	/**
	 * Returns a deadline that counts from now, in the time of the given timer, and is
	 * bound to no thread. Scopes entered inside of its scope use the same timer.
	 * @param timeout the time until then; zero and less give a deadline that has passed,
	 * more than 73 years are taken for 73 years
	 * @param timer the source of time and the scheduler of expiries
	 * @return a new deadline
	 */
	public static Deadline after(Duration timeout, DeadlineTimer timer) {
		Assert.notNull(timeout, "'timeout' must not be null");
		Assert.notNull(timer, "'timer' must not be null");
		return after(timeout, timer, timer.nanoTime());
	}

	/**
	 * Returns the deadline that is as far away as the given instant now is. Later changes
	 * of the system's clock do not move it.
	 * @param instant the instant; one in the past gives a deadline that has passed
	 * @return a new deadline
	 */
	public static Deadline until(Instant instant) {
		Assert.notNull(instant, "'instant' must not be null");
		return after(Duration.between(Instant.now(), instant));
	}

	/**
	 * Does work that must end within a time, on the calling thread.
	 * @param <T> the type of the result
	 * @param <X> the type of checked exception the work throws
	 * @param timeout the time; with zero and less the work starts out interrupted
	 * @param work the work
	 * @return the result of the work, be it in time or not
	 * @throws X if the work fails
	 * @throws DeadlineExceededException if the work was interrupted by this deadline
	 */
	public static <T extends @Nullable Object, X extends Exception> T within(Duration timeout,
			DeadlineCallable<T, X> work) throws X {
		return within(DEFAULT_NAME, timeout, work);
	}

	/**
	 * Does work without a result that must end within a time, on the calling thread.
	 * @param <X> the type of checked exception the work throws
	 * @param timeout the time; with zero and less the work starts out interrupted
	 * @param work the work
	 * @throws X if the work fails
	 * @throws DeadlineExceededException if the work was interrupted by this deadline
	 */
	public static <X extends Exception> void within(Duration timeout, DeadlineRunnable<X> work) throws X {
		within(DEFAULT_NAME, timeout, work);
	}

	/**
	 * Does work that must end within a time, on the calling thread.
	 * @param <T> the type of the result
	 * @param <X> the type of checked exception the work throws
	 * @param scopeName the name by which exceptions speak of the work
	 * @param timeout the time; with zero and less the work starts out interrupted
	 * @param work the work
	 * @return the result of the work, be it in time or not
	 * @throws X if the work fails
	 * @throws DeadlineExceededException if the work was interrupted by this deadline
	 */
	public static <T extends @Nullable Object, X extends Exception> T within(String scopeName, Duration timeout,
			DeadlineCallable<T, X> work) throws X {
		Assert.notNull(work, "'work' must not be null");
		Assert.notNull(timeout, "'timeout' must not be null");
		return DeadlineScope.<T, X>within(scopeName, timeout, (scope) -> work.call());
	}

	/**
	 * Does work without a result that must end within a time, on the calling thread.
	 * @param <X> the type of checked exception the work throws
	 * @param scopeName the name by which exceptions speak of the work
	 * @param timeout the time; with zero and less the work starts out interrupted
	 * @param work the work
	 * @throws X if the work fails
	 * @throws DeadlineExceededException if the work was interrupted by this deadline
	 */
	public static <X extends Exception> void within(String scopeName, Duration timeout, DeadlineRunnable<X> work)
			throws X {
		Assert.notNull(work, "'work' must not be null");
		within(scopeName, timeout, () -> {
			work.run();
			return null;
		});
	}

	/**
	 * Does work that must end within a time and is given its scope, to look at the
	 * deadline or to move it, on the calling thread.
	 * @param <T> the type of the result
	 * @param <X> the type of checked exception the work throws
	 * @param scopeName the name by which exceptions speak of the work
	 * @param timeout the time; with zero and less the work starts out interrupted
	 * @param work the work
	 * @return the result of the work, be it in time or not
	 * @throws X if the work fails
	 * @throws DeadlineExceededException if the work was interrupted by this deadline
	 */
	public static <T extends @Nullable Object, X extends Exception> T within(String scopeName, Duration timeout,
			DeadlineBody<T, X> work) throws X {
		Assert.notNull(timeout, "'timeout' must not be null");
		Assert.notNull(work, "'work' must not be null");
		return DeadlineScope.within(scopeName, timeout, work);
	}

	/**
	 * Does work for a time at most, on the calling thread, and moves on quietly if it was
	 * interrupted by this deadline.
	 * @param <T> the type of the result
	 * @param <X> the type of checked exception the work throws
	 * @param timeout the time; with zero and less the work starts out interrupted
	 * @param work the work
	 * @return the outcome: the result, or that the time was up
	 * @throws X if the work fails
	 */
	public static <T extends @Nullable Object, X extends Exception> DeadlineOutcome<T> moveOnAfter(Duration timeout,
			DeadlineCallable<T, X> work) throws X {
		Assert.notNull(work, "'work' must not be null");
		return DeadlineScope.of(DEFAULT_NAME, after(timeout)).<T, X>moveOn((scope) -> work.call());
	}

	/**
	 * Does work on the calling thread inside a new scope that has this deadline. Meant
	 * for a deadline that was taken from elsewhere, for example by an executor from the
	 * thread that submitted the work.
	 * @param <T> the type of the result
	 * @param scopeName the name by which exceptions speak of the work
	 * @param work the work; it starts out interrupted if the deadline has passed
	 * @return the result of the work, be it in time or not
	 * @throws Exception if the work fails
	 * @throws DeadlineExceededException if the work was interrupted by this deadline
	 */
	public <T extends @Nullable Object> T call(String scopeName, Callable<T> work) throws Exception {
		Assert.notNull(work, "'work' must not be null");
		return DeadlineScope.of(scopeName, this).<T, Exception>call((scope) -> work.call());
	}

	/**
	 * Does work without a result on the calling thread inside a new scope that has this
	 * deadline.
	 * @param <X> the type of checked exception the work throws
	 * @param scopeName the name by which exceptions speak of the work
	 * @param work the work; it starts out interrupted if the deadline has passed
	 * @throws X if the work fails
	 * @throws DeadlineExceededException if the work was interrupted by this deadline
	 */
	public <X extends Exception> void run(String scopeName, DeadlineRunnable<X> work) throws X {
		DeadlineScope.of(scopeName, this).run(work);
	}

	/**
	 * Returns whether this deadline never passes.
	 * @return {@code true} for {@link #none()} only
	 */
	public boolean isUnbounded() {
		return this == NONE;
	}

	/**
	 * Returns the time left.
	 * @return the time in nanoseconds: zero or less if the deadline has passed,
	 * {@link Long#MAX_VALUE} if it is unbounded
	 */
	public long remainingNanos() {
		return remainingNanos((this != NONE) ? this.timer.nanoTime() : 0);
	}

	/**
	 * Returns the time left.
	 * @return the time: zero if the deadline has passed, {@link Long#MAX_VALUE}
	 * nanoseconds if it is unbounded
	 */
	public Duration remaining() {
		return Duration.ofNanos(Math.max(0, remainingNanos()));
	}

	/**
	 * Returns whether this deadline has passed.
	 * @return {@code true} if no time is left
	 */
	public boolean isExpired() {
		return remainingNanos() <= 0;
	}

	/**
	 * Returns the earlier of two deadlines.
	 * @param other the other deadline
	 * @return the other one if that is earlier, or else this one
	 */
	public Deadline earliest(Deadline other) {
		if (other == this || other.isUnbounded()) {
			return this;
		}
		if (isUnbounded()) {
			return other;
		}
		return (other.on(this.timer).at - this.at < 0) ? other : this;
	}

	@Override
	Deadline effective() {
		return this;
	}

	@Override
	DeadlineTimer timer() {
		return this.timer;
	}

	@Override
	Deadline unenforced() {
		return this;
	}

	@Override
	@Nullable ScopeExpiry innermostExpiry() {
		return null;
	}

	@Override
	@Nullable TaskBound innermostTask() {
		return null;
	}

	@Override
	public String toString() {
		return (this != NONE) ? "Deadline[%s left]".formatted(remaining()) : "Deadline[none]";
	}

	static Deadline after(Duration timeout, DeadlineTimer timer, long now) {
		return new Deadline(timer, now + saturatedNanos(timeout));
	}

	long remainingNanos(long now) {
		return (this != NONE) ? this.at - now : Long.MAX_VALUE;
	}

	/**
	 * Returns this deadline in the time of another timer.
	 * @param timer the other timer
	 * @return a deadline that is as far away
	 */
	Deadline on(DeadlineTimer timer) {
		if (timer.equals(this.timer) || isUnbounded()) {
			return this;
		}
		return new Deadline(timer, timer.nanoTime() + remainingNanos());
	}

	private static long saturatedNanos(Duration timeout) {
		long limit = Duration.ofNanos(FARTHEST_NANOS).toSeconds();
		long seconds = Math.max(-limit, Math.min(timeout.getSeconds(), limit));
		return Math.max(-FARTHEST_NANOS, Math.min(seconds * 1_000_000_000L + timeout.getNano(), FARTHEST_NANOS));
	}

}
