package io.asyncstarter.sync;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.sync.LimiterWaiter.Answer;

/**
 * Lets at most so many threads at once into a piece of code. Unlike a
 * {@link java.util.concurrent.Semaphore} it knows who is in, so its limit can be changed
 * under load, a permit cannot be given back twice or by somebody else, and a thread that
 * would wait for itself is told. <pre class="code">
 * try (Permit permit = limiter.acquire()) {
 *     // at most so many threads at once
 * }
 * </pre> Permits are given in the order of arrival; nobody overtakes. A higher limit lets
 * waiting threads in at once, a lower one lets those who are in end. All waits end with
 * an {@link InterruptedException} when the thread is interrupted, so also when a
 * {@link io.asyncstarter.deadline.Deadline} around them passes, and then no permit is
 * taken.
 * <p>
 * A thread may take several permits. If all permits belong to threads that wait here for
 * another one, none of them can ever go on; the one that completes such a circle gets an
 * {@link IllegalStateException} instead of waiting.
 * <p>
 * This is for threads that block. For calls that do not, or to run work elsewhere, use a
 * policy's bulkhead or a bounded executor. Instances are safe for use by multiple
 * threads, platform and virtual ones.
 *
 * @since 0.1.0
 */
public final class ConcurrencyLimiter {

	private final String name;

	private final ReentrantLock lock = new ReentrantLock();

	private final LimiterPlaces places;

	/**
	 * Creates a limiter.
	 * @param name the name by which exceptions speak of it
	 * @param limit how many permits there are, at least 1
	 */
	public ConcurrencyLimiter(String name, int limit) {
		Assert.hasText(name, "'name' must not be empty");
		this.name = name;
		this.places = new LimiterPlaces(requireLimit(limit));
	}

	private static int requireLimit(int limit) {
		Assert.isTrue(limit >= 1, () -> "'limit' must be at least 1 but was %d".formatted(limit));
		return limit;
	}

	/**
	 * Takes a permit, and waits for it if need be.
	 * @return the permit, to be closed by the same thread
	 * @throws InterruptedException if the thread is interrupted; then it has no permit
	 * @throws IllegalStateException if all permits belong to threads that wait for one,
	 * this one included
	 */
	public Permit acquire() throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			LimiterWaiter waiter = newWaiter(true);
			Answer answer = this.places.enterOrStandInLine(waiter);
			while (answer == Answer.WAIT) {
				answer = await(waiter, Long.MAX_VALUE);
			}
			return permit(waiter.holding, answer);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes a permit if there is one that nobody waits for.
	 * @return the permit, to be closed by the same thread, or {@code null} if there is
	 * none
	 */
	public @Nullable Permit tryAcquire() {
		this.lock.lock();
		try {
			Holding holding = this.places.holding(Thread.currentThread());
			return (this.places.tryEnter(holding)) ? new Permit(this, holding) : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes a permit, and waits for it for a time at most.
	 * @param timeout the time; with zero and less there is no wait
	 * @return the permit, to be closed by the same thread, or {@code null} if there was
	 * none in time
	 * @throws InterruptedException if the thread is interrupted; then it has no permit
	 * @throws IllegalStateException if all permits belong to threads that wait for one,
	 * this one included
	 */
	public @Nullable Permit tryAcquire(Duration timeout) throws InterruptedException {
		Assert.notNull(timeout, "'timeout' must not be null");
		if (!timeout.isPositive()) {
			return tryAcquire();
		}
		this.lock.lockInterruptibly();
		try {
			LimiterWaiter waiter = newWaiter(false);
			Answer answer = this.places.enterOrStandInLine(waiter);
			if (answer == Answer.WAIT) {
				answer = await(waiter, TimeUnit.NANOSECONDS.convert(timeout));
			}
			if (answer == Answer.WAIT) {
				this.places.withdraw(waiter);
				return null;
			}
			return permit(waiter.holding, answer);
		}
		finally {
			this.lock.unlock();
		}
	}

	private LimiterWaiter newWaiter(boolean patient) {
		return new LimiterWaiter(this.places.holding(Thread.currentThread()), patient, this.lock.newCondition());
	}

	private Answer await(LimiterWaiter waiter, long nanos) throws InterruptedException {
		try {
			long left = nanos;
			while (waiter.answer == Answer.WAIT && left > 0) {
				left = waiter.answered.awaitNanos(left);
			}
			if (waiter.answer == Answer.ENTERED && Thread.interrupted()) {
				// The interrupt may have come before the permit.
				throw new InterruptedException();
			}
			return waiter.answer;
		}
		catch (InterruptedException ex) {
			if (!this.places.withdraw(waiter) && waiter.answer == Answer.ENTERED) {
				this.places.leave(waiter.holding);
			}
			throw ex;
		}
	}

	private Permit permit(Holding holding, Answer answer) {
		if (answer == Answer.DEADLOCK) {
			throw new IllegalStateException(("Thread '%s' would wait for ever for a permit of limiter '%s': it has %d "
					+ "of %d itself, and the others belong to threads that wait likewise. Take one permit for the whole "
					+ "work, or raise the limit")
				.formatted(holding.thread.getName(), this.name, holding.permits, this.places.limit()));
		}
		return new Permit(this, holding);
	}

	private void release(Permit permit) {
		this.lock.lock();
		try {
			Holding holding = permit.holding;
			if (!holding.thread.equals(Thread.currentThread())) {
				throw new IllegalStateException(
						"Permit of limiter '%s' belongs to thread '%s' and cannot be given back by thread '%s'"
							.formatted(this.name, holding.thread.getName(), Thread.currentThread().getName()));
			}
			if (!permit.closed) {
				permit.closed = true;
				this.places.leave(holding);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Changes how many permits there are. A higher number lets waiting threads in at
	 * once; a lower one takes no permit away, but nobody is let in before enough have
	 * been given back.
	 * @param limit the number of permits, at least 1
	 */
	public void setLimit(int limit) {
		requireLimit(limit);
		this.lock.lock();
		try {
			this.places.limit(limit);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns the name by which exceptions speak of this limiter.
	 * @return the name
	 */
	public String getName() {
		return this.name;
	}

	/**
	 * Returns how many permits there are.
	 * @return the number of permits
	 */
	public int getLimit() {
		return read(LimiterPlaces::limit);
	}

	/**
	 * Returns how many permits are taken: more than the limit for a while after that was
	 * lowered.
	 * @return the number of permits
	 */
	public int getTakenCount() {
		return read(LimiterPlaces::taken);
	}

	/**
	 * Returns how many threads wait for a permit.
	 * @return the number of threads
	 */
	public int getWaitingCount() {
		return read(LimiterPlaces::waiting);
	}

	/**
	 * Returns the threads that have permits. One that has ended will never give its
	 * permit back.
	 * @return the threads, in no order
	 */
	public List<Thread> getHolders() {
		return read(LimiterPlaces::holders);
	}

	private <T> T read(Function<LimiterPlaces, T> property) {
		this.lock.lock();
		try {
			return property.apply(this.places);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public String toString() {
		return "Limiter '%s': %d of %d taken, %d waiting".formatted(this.name, getTakenCount(), getLimit(),
				getWaitingCount());
	}

	/**
	 * The right to be inside, which one thread has. Not safe for use by multiple threads:
	 * another thread's attempt to give it back is refused.
	 */
	public static final class Permit implements AutoCloseable {

		private final ConcurrencyLimiter limiter;

		private final Holding holding;

		private boolean closed;

		private Permit(ConcurrencyLimiter limiter, Holding holding) {
			this.limiter = limiter;
			this.holding = holding;
		}

		/**
		 * Gives the permit back. The second time has no effect.
		 * @throws IllegalStateException if the permit belongs to another thread
		 */
		@Override
		public void close() {
			this.limiter.release(this);
		}

	}

}
