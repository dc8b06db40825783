package io.asyncstarter.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.local.LocalBucket;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.BriefLock;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Lets in whoever pays a token from a bucket. Safe for use by multiple threads.
 */
final class TokenGate implements Gate {

	/*
	 * Invariants. (1) The queue, 'armed' and the estimate are guarded by the lock. (2) A
	 * token is taken at the moment when its payer is let in, never ahead of time, so that
	 * grants keep to the bucket's bound whoever is cancelled, and follow a change of the
	 * rate. (3) While somebody waits, a timeout is armed for the next token, and only it
	 * takes tokens.
	 */

	private final LocalBucket bucket;

	private final DeadlineTimer timer;

	private final BriefLock lock = new BriefLock();

	private final WaitQueue queue = new WaitQueue();

	private volatile int waiting;

	private volatile double nanosPerToken;

	private DeadlineTimer.@Nullable Timeout armed;

	TokenGate(TokenRate rate, DeadlineTimer timer) {
		this.bucket = Bucket.builder()
			.addLimit(rate.bandwidth())
			.withCustomTimePrecision(new TimerMeter(timer))
			.build();
		this.nanosPerToken = rate.nanosPerToken();
		this.timer = timer;
	}

	int waiting() {
		return this.waiting;
	}

	long tokens() {
		return this.bucket.getAvailableTokens();
	}

	void rate(TokenRate rate) {
		this.lock.acquire();
		try {
			this.nanosPerToken = rate.nanosPerToken();
			this.bucket.replaceConfiguration(BucketConfiguration.builder().addLimit(rate.bandwidth()).build(),
					TokensInheritanceStrategy.AS_IS);
			disarm();
		}
		finally {
			this.lock.release();
		}
		admit();
	}

	@Override
	public boolean tryEnter() {
		return this.waiting == 0 && this.bucket.tryConsume(1);
	}

	@Override
	public Answer enter(Waiter waiter, long maxWaitNanos) {
		this.lock.acquire();
		try {
			if (tryEnter()) {
				return Answer.ENTERED;
			}
			if (maxWaitNanos <= 0 || estimate() > maxWaitNanos) {
				return Answer.REFUSED;
			}
			this.queue.add(waiter);
			this.waiting = this.queue.size();
			arm();
			return Answer.WAIT;
		}
		finally {
			this.lock.release();
		}
	}

	@Override
	public boolean withdraw(Waiter waiter) {
		this.lock.acquire();
		try {
			boolean waited = this.queue.remove(waiter);
			if (waited) {
				this.waiting = this.queue.size();
				if (this.waiting == 0) {
					disarm();
				}
			}
			return waited;
		}
		finally {
			this.lock.release();
		}
	}

	@Override
	public void leave() {
		// What was paid is spent.
	}

	/**
	 * Returns in what time there is a token for who comes next.
	 */
	Duration nextToken() {
		this.lock.acquire();
		try {
			return Duration.ofNanos(estimate());
		}
		finally {
			this.lock.release();
		}
	}

	private long estimate() {
		return this.bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill()
				+ (long) Math.min((double) Settings.FOREVER, this.queue.size() * this.nanosPerToken);
	}

	private void arm() {
		if (this.armed == null) {
			long nanos = this.bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill();
			this.armed = this.timer.schedule(nanos, this::expire);
		}
	}

	private void disarm() {
		if (this.armed != null) {
			this.armed.cancel();
			this.armed = null;
		}
	}

	private void expire() {
		this.lock.acquire();
		try {
			this.armed = null;
		}
		finally {
			this.lock.release();
		}
		admit();
	}

	private void admit() {
		List<Waiter> admitted = new ArrayList<>();
		this.lock.acquire();
		try {
			while (this.queue.size() > 0 && this.bucket.tryConsume(1)) {
				Waiter first = this.queue.poll();
				if (first != null) {
					admitted.add(first);
				}
				this.waiting = this.queue.size();
			}
			if (this.queue.size() > 0) {
				arm();
			}
		}
		finally {
			this.lock.release();
		}
		admitted.forEach(Waiter::granted);
	}

	/**
	 * The time that the bucket reckons with.
	 *
	 * @param timer the source
	 */
	private record TimerMeter(DeadlineTimer timer) implements TimeMeter {

		@Override
		public long currentTimeNanos() {
			return this.timer.nanoTime();
		}

		@Override
		public boolean isWallClockBased() {
			return false;
		}

	}

}
