package io.asyncstarter.policy;

import java.time.Duration;
import java.util.Optional;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.deadline.DeadlineTimer;

/**
 * A token bucket with a name, shared by all who name it. A call pays a token; tokens come
 * at a steady rate, and {@code burst} of them are kept for bad times. In any window of
 * time, no more than <i>burst + rate × window</i> calls are let through. The buckets are
 * those of Bucket4j.
 * <p>
 * A call that finds no token waits, in the order of arrival, if it may wait for as long
 * as it is going to take; otherwise it is refused at once.
 * <p>
 * With a key, a call pays from the bucket of that key, which has the same rate. The
 * buckets of {@value Builder#DEFAULT_MAX_KEYS} keys are kept, those used least recently
 * being forgotten first; a bucket is forgotten as well when it has been left alone until
 * it is full, which nobody can tell. A key whose bucket was forgotten for want of room
 * starts with a full one.
 * <p>
 * Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class RateLimiter {

	private final String name;

	private final DeadlineTimer timer;

	private final TokenGate shared;

	private final Cache<Object, TokenGate> byKey;

	private volatile TokenRate rate;

	private volatile Duration maxWait;

	private RateLimiter(Builder builder) {
		this.name = builder.name;
		this.timer = builder.timer;
		this.maxWait = builder.maxWait;
		this.rate = builder.rate();
		this.shared = new TokenGate(this.rate, this.timer);
		this.byKey = Caffeine.newBuilder()
			.maximumSize(builder.maxKeys)
			.expireAfterAccess(this.rate.timeToFill().plusSeconds(1))
			.ticker(this.timer::nanoTime)
			.executor(Runnable::run)
			.build();
	}

	/**
	 * Starts to build a rate limiter. Without further settings it lets 100 calls through
	 * a second.
	 * @param name the name
	 * @return the builder
	 */
	public static Builder builder(String name) {
		return new Builder(name);
	}

	/**
	 * Returns the name of this rate limiter.
	 * @return the name
	 */
	public String getName() {
		return this.name;
	}

	/**
	 * Pays a token, waiting for it up to the maximum wait and never past the current
	 * {@link io.asyncstarter.deadline.Deadline}.
	 * @throws RateLimitExceededException if that would take too long
	 * @throws InterruptedException if the thread was interrupted; no token was paid then
	 */
	public void acquire() throws InterruptedException {
		acquire(null);
	}

	/**
	 * Pays a token of a key, waiting for it up to the maximum wait and never past the
	 * current {@link io.asyncstarter.deadline.Deadline}.
	 * @param key the key, or {@code null} for the tokens that are shared by all
	 * @throws RateLimitExceededException if that would take too long
	 * @throws InterruptedException if the thread was interrupted; no token was paid then
	 */
	public void acquire(@Nullable Object key) throws InterruptedException {
		TokenGate gate = gate(key);
		if (!gate.tryEnter() && !Waits.park(gate, maxWaitNanos(), this.timer)) {
			throw exceeded(this.name, key, gate);
		}
	}

	/**
	 * Pays a token if there is one and nobody waits for it.
	 * @return whether a token was paid
	 */
	public boolean tryAcquire() {
		return this.shared.tryEnter();
	}

	/**
	 * Pays a token of a key if there is one and nobody waits for it.
	 * @param key the key, or {@code null} for the tokens that are shared by all
	 * @return whether a token was paid
	 */
	public boolean tryAcquire(@Nullable Object key) {
		return gate(key).tryEnter();
	}

	/**
	 * Returns how many tokens come in a period.
	 * @return the number
	 */
	public long getPermits() {
		return this.rate.permits();
	}

	/**
	 * Returns the period.
	 * @return the period
	 */
	public Duration getPer() {
		return this.rate.per();
	}

	/**
	 * Returns how many tokens are kept.
	 * @return the number
	 */
	public long getBurst() {
		return this.rate.burst();
	}

	/**
	 * Changes the rate, for those who wait already as well. Tokens that are there remain,
	 * as far as they find room.
	 * @param permits how many tokens come in the period, at least 1
	 * @param per the period, more than zero
	 * @param burst how many tokens are kept, at least 1
	 */
	public void setRate(long permits, Duration per, long burst) {
		TokenRate changed = new TokenRate(permits, per, burst);
		this.rate = changed;
		this.shared.rate(changed);
		this.byKey.asMap().values().forEach((gate) -> gate.rate(changed));
		this.byKey.policy()
			.expireAfterAccess()
			.ifPresent((expiry) -> expiry.setExpiresAfter(changed.timeToFill().plusSeconds(1)));
	}

	/**
	 * Returns how long a call waits for a token.
	 * @return the wait; zero if it does not
	 */
	public Duration getMaxWait() {
		return this.maxWait;
	}

	/**
	 * Changes how long a call waits for a token, from the next call on.
	 * @param maxWait the wait; zero refuses at once
	 */
	public void setMaxWait(Duration maxWait) {
		Assert.notNull(maxWait, "'maxWait' must not be null");
		Settings.requireNotNegative("maxWait", maxWait);
		this.maxWait = maxWait;
	}

	/**
	 * Returns how many tokens there are.
	 * @return the number of tokens that are shared by all
	 */
	public long getAvailableTokens() {
		return this.shared.tokens();
	}

	/**
	 * Returns how many tokens of a key there are.
	 * @param key the key
	 * @return the number, or empty if the key's bucket is untouched or forgotten
	 */
	public Optional<Long> getAvailableTokens(Object key) {
		return Optional.ofNullable(this.byKey.getIfPresent(key)).map(TokenGate::tokens);
	}

	/**
	 * Returns how many calls wait for a token, those with keys included.
	 * @return the number of calls
	 */
	public int getWaitingCount() {
		return this.shared.waiting() + this.byKey.asMap().values().stream().mapToInt(TokenGate::waiting).sum();
	}

	/**
	 * Returns of how many keys a bucket is kept.
	 * @return the number of keys, roughly
	 */
	public long getKeyCount() {
		this.byKey.cleanUp();
		return this.byKey.estimatedSize();
	}

	TokenGate gate(@Nullable Object key) {
		return (key != null) ? this.byKey.get(key, (missing) -> new TokenGate(this.rate, this.timer)) : this.shared;
	}

	long maxWaitNanos() {
		return Settings.nanos(this.maxWait);
	}

	RateLimitExceededException exceeded(String policyName, @Nullable Object key, TokenGate gate) {
		return new RateLimitExceededException(policyName, this.name, key, gate.nextToken());
	}

	@Override
	public String toString() {
		return "RateLimiter '%s': %d per %s, burst %d, %d tokens, %d waiting".formatted(this.name, getPermits(),
				getPer(), getBurst(), getAvailableTokens(), getWaitingCount());
	}

	/**
	 * Builds a {@link RateLimiter}. Instances are not safe for use by multiple threads.
	 */
	public static final class Builder {

		static final int DEFAULT_MAX_KEYS = 10_000;

		private final String name;

		private long permits = 100;

		private Duration per = Duration.ofSeconds(1);

		private @Nullable Long burst;

		private Duration maxWait = Duration.ZERO;

		private long maxKeys = DEFAULT_MAX_KEYS;

		private DeadlineTimer timer = DeadlineTimer.shared();

		Builder(String name) {
			Assert.hasText(name, "'name' must not be empty");
			this.name = name;
		}

		/**
		 * Sets how many tokens come in a period.
		 * @param permits the number, at least 1
		 * @return this builder
		 */
		public Builder permits(long permits) {
			this.permits = permits;
			return this;
		}

		/**
		 * Sets the period; a second by default.
		 * @param per the period, more than zero
		 * @return this builder
		 */
		public Builder per(Duration per) {
			Assert.notNull(per, "'per' must not be null");
			this.per = per;
			return this;
		}

		/**
		 * Sets how many tokens are kept; as many as come in a period by default.
		 * @param burst the number, at least 1
		 * @return this builder
		 */
		public Builder burst(long burst) {
			this.burst = burst;
			return this;
		}

		/**
		 * Sets how long a call waits for a token; not at all by default.
		 * @param maxWait the wait; zero refuses at once
		 * @return this builder
		 */
		public Builder maxWait(Duration maxWait) {
			Assert.notNull(maxWait, "'maxWait' must not be null");
			Settings.requireNotNegative("maxWait", maxWait);
			this.maxWait = maxWait;
			return this;
		}

		/**
		 * Sets of how many keys a bucket is kept.
		 * @param maxKeys the number, at least 1
		 * @return this builder
		 */
		public Builder maxKeys(long maxKeys) {
			Assert.isTrue(maxKeys >= 1, () -> "'maxKeys' must be at least 1 but was %d".formatted(maxKeys));
			this.maxKeys = maxKeys;
			return this;
		}

		/**
		 * Sets the source of time; for tests.
		 * @param timer the timer
		 * @return this builder
		 */
		public Builder timer(DeadlineTimer timer) {
			Assert.notNull(timer, "'timer' must not be null");
			this.timer = timer;
			return this;
		}

		/**
		 * Builds the rate limiter, with all its tokens there.
		 * @return the rate limiter
		 */
		public RateLimiter build() {
			return new RateLimiter(this);
		}

		private TokenRate rate() {
			return new TokenRate(this.permits, this.per, (this.burst != null) ? this.burst : this.permits);
		}

	}

}
