package io.asyncstarter.policy;

import java.time.Duration;
import java.util.Map;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.bulkhead.event.BulkheadOnCallFinishedEvent;
import io.github.resilience4j.bulkhead.event.BulkheadOnCallPermittedEvent;
import io.github.resilience4j.bulkhead.event.BulkheadOnCallRejectedEvent;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.deadline.DeadlineTimer;

/**
 * A bulkhead of Resilience4j whose permits are handed out in the order of arrival to
 * callers that park a thread and to callers that do not. It is what a policy's
 * {@code bulkhead} is, and it stands in the {@link BulkheadRegistry} under the policy's
 * name: who takes a permit there takes one of the same.
 * <p>
 * Limits may be changed at any time: a higher one admits waiting calls at once, a lower
 * one lets running calls end. Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class FairBulkhead implements Bulkhead {

	private final String name;

	private final boolean perKey;

	private final DeadlineTimer timer;

	private final FairPermits permits;

	private final KeyedPermits byKey = new KeyedPermits();

	private final BulkheadEvents events = new BulkheadEvents();

	private final Map<String, String> tags;

	private volatile Duration maxWait;

	private volatile long maxWaitNanos;

	FairBulkhead(String name, BulkheadSettings own, DeadlineTimer timer, Map<String, String> tags) {
		BulkheadSettings settings = own.withParent(BulkheadSettings.DEFAULTS);
		this.name = name;
		this.perKey = Settings.decided(settings.perKey());
		this.timer = timer;
		this.permits = new FairPermits(Settings.decided(settings.maxConcurrency()));
		this.maxWait = Settings.decided(settings.maxWait());
		this.maxWaitNanos = Settings.nanos(this.maxWait);
		this.tags = tags;
	}

	/**
	 * Returns the bulkhead of a name in a registry, and puts it there if there is none.
	 */
	static FairBulkhead in(BulkheadRegistry registry, String name, BulkheadSettings settings, DeadlineTimer timer) {
		Bulkhead present = registry.find(name).orElse(null);
		if (present == null) {
			Bulkhead placeholder = registry.bulkhead(name, BulkheadConfig.custom().build());
			registry.replace(name, new FairBulkhead(name, settings, timer, placeholder.getTags()));
			present = registry.find(name).orElse(null);
		}
		if (present instanceof FairBulkhead bulkhead) {
			return bulkhead;
		}
		throw new IllegalStateException(("Bulkhead '%s' of the Resilience4j registry is not the one of policy '%s', "
				+ "and two would count apart. Configure it in one place")
			.formatted(name, name));
	}

	@Override
	public String getName() {
		return this.name;
	}

	/**
	 * Returns how many calls may be in flight at once.
	 * @return the number of calls; if permits go by key, of each
	 */
	public int getMaxConcurrency() {
		return this.permits.limit();
	}

	/**
	 * Changes how many calls may be in flight at once.
	 * @param maxConcurrency the number of calls, at least 1
	 */
	public void setMaxConcurrency(int maxConcurrency) {
		Assert.isTrue(maxConcurrency >= 1,
				() -> "'maxConcurrency' must be at least 1 but was %d".formatted(maxConcurrency));
		this.permits.limit(maxConcurrency);
		this.byKey.all().forEach((key) -> key.limit(maxConcurrency));
	}

	/**
	 * Returns how long a call waits for a permit.
	 * @return the wait; zero if it does not
	 */
	public Duration getMaxWait() {
		return this.maxWait;
	}

	/**
	 * Changes how long a call waits for a permit, from the next call on.
	 * @param maxWait the wait; zero refuses at once
	 */
	public void setMaxWait(Duration maxWait) {
		Assert.notNull(maxWait, "'maxWait' must not be null");
		Settings.requireNotNegative("maxWait", maxWait);
		this.maxWait = maxWait;
		this.maxWaitNanos = Settings.nanos(maxWait);
	}

	/**
	 * Returns how many calls are in flight, those with keys included.
	 * @return the number of calls
	 */
	public int getInFlightCount() {
		return this.permits.inside() + this.byKey.all().mapToInt(FairPermits::inside).sum();
	}

	/**
	 * Returns how many calls wait for a permit, those with keys included.
	 * @return the number of calls
	 */
	public int getWaitingCount() {
		return this.permits.waiting() + this.byKey.all().mapToInt(FairPermits::waiting).sum();
	}

	/**
	 * Returns of how many keys a call is in flight or waits.
	 * @return the number of keys, zero if permits do not go by key
	 */
	public int getKeyCount() {
		return this.byKey.size();
	}

	long maxWaitNanos() {
		return this.maxWaitNanos;
	}

	/**
	 * Returns the gate for one call. Who fails to enter at once must go on to
	 * {@link Gate#enter}.
	 */
	Gate gate(@Nullable Object key) {
		return (key != null && this.perKey) ? this.byKey.pass(key, this.permits.limit()) : this.permits;
	}

	void permitted() {
		if (this.events.hasConsumers()) {
			this.events.processEvent(new BulkheadOnCallPermittedEvent(this.name));
		}
	}

	void rejected() {
		if (this.events.hasConsumers()) {
			this.events.processEvent(new BulkheadOnCallRejectedEvent(this.name));
		}
	}

	void finished() {
		if (this.events.hasConsumers()) {
			this.events.processEvent(new BulkheadOnCallFinishedEvent(this.name));
		}
	}

	@Override
	public boolean tryAcquirePermission() {
		boolean acquired = this.permits.tryEnter();
		if (!acquired) {
			try {
				acquired = this.maxWaitNanos > 0 && Waits.park(this.permits, this.maxWaitNanos, this.timer);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		if (acquired) {
			permitted();
		}
		else {
			rejected();
		}
		return acquired;
	}

	@Override
	public void acquirePermission() {
		if (!tryAcquirePermission()) {
			throw io.github.resilience4j.bulkhead.BulkheadFullException.createBulkheadFullException(this);
		}
	}

	@Override
	public void releasePermission() {
		this.permits.leave();
	}

	@Override
	public void onComplete() {
		this.permits.leave();
		finished();
	}

	@Override
	public void changeConfig(BulkheadConfig config) {
		setMaxConcurrency(config.getMaxConcurrentCalls());
		setMaxWait(config.getMaxWaitDuration());
	}

	@Override
	public BulkheadConfig getBulkheadConfig() {
		return BulkheadConfig.custom()
			.maxConcurrentCalls(getMaxConcurrency())
			.maxWaitDuration(getMaxWait())
			.fairCallHandlingStrategyEnabled(true)
			.build();
	}

	@Override
	public Metrics getMetrics() {
		return new Metrics() {

			@Override
			public int getAvailableConcurrentCalls() {
				return Math.max(0, getMaxAllowedConcurrentCalls() - FairBulkhead.this.permits.inside());
			}

			@Override
			public int getMaxAllowedConcurrentCalls() {
				return getMaxConcurrency();
			}

		};
	}

	@Override
	public Map<String, String> getTags() {
		return this.tags;
	}

	@Override
	public EventPublisher getEventPublisher() {
		return this.events;
	}

	@Override
	public String toString() {
		return "Bulkhead '%s': %d of %d in flight, %d waiting".formatted(this.name, getInFlightCount(),
				getMaxConcurrency(), getWaitingCount());
	}

}
