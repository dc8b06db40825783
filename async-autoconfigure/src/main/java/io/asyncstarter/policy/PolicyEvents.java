package io.asyncstarter.policy;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens in a policy and tells the listeners. Safe for use by multiple
 * threads.
 */
final class PolicyEvents {

	private static final Log logger = LogFactory.getLog(PolicyEvents.class);

	private static final PolicyListener[] NONE = {};

	private final String policyName;

	private final Map<PolicyEventKind, Account> accounts = new EnumMap<>(PolicyEventKind.class);

	private final Account successes;

	PolicyEvents(String policyName, Iterable<PolicyListener> listeners) {
		this.policyName = policyName;
		for (PolicyEventKind kind : PolicyEventKind.values()) {
			this.accounts.put(kind, new Account(kind));
		}
		this.successes = account(PolicyEventKind.SUCCEEDED);
		for (PolicyListener listener : listeners) {
			add(listener);
		}
	}

	void add(PolicyListener listener) {
		for (Account account : this.accounts.values()) {
			if (listener.isInterestedIn(account.kind)) {
				account.add(listener);
			}
		}
	}

	long count(PolicyEventKind kind) {
		return account(kind).count.sum();
	}

	/**
	 * Returns how many calls have ended.
	 */
	long calls() {
		return this.successes.count.sum() + count(PolicyEventKind.FAILED) + count(PolicyEventKind.DEADLINE_EXCEEDED)
				+ count(PolicyEventKind.CANCELLED);
	}

	Duration totalWait(PolicyEventKind kind) {
		return Duration.ofNanos(account(kind).nanos.sum());
	}

	Duration longestWait(PolicyEventKind kind) {
		return Duration.ofNanos(account(kind).longest.get());
	}

	void succeeded(int attempt) {
		this.successes.count.increment();
		if (this.successes.listeners.length > 0) {
			tell(this.successes, attempt, 0, null);
		}
	}

	void happened(PolicyEventKind kind, int attempt, @Nullable Throwable failure) {
		Account account = account(kind);
		account.count.increment();
		tell(account, attempt, 0, failure);
	}

	void waited(PolicyEventKind kind, int attempt, long nanos, @Nullable Throwable failure) {
		Account account = account(kind);
		account.count.increment();
		account.nanos.add(nanos);
		account.longest.accumulate(nanos);
		tell(account, attempt, nanos, failure);
	}

	private Account account(PolicyEventKind kind) {
		Account account = this.accounts.get(kind);
		if (account == null) {
			throw new IllegalArgumentException("No account of " + kind);
		}
		return account;
	}

	private void tell(Account account, int attempt, long nanos, @Nullable Throwable failure) {
		PolicyListener[] interested = account.listeners;
		if (interested.length == 0) {
			return;
		}
		PolicyEvent event = new PolicyEvent(this.policyName, account.kind, attempt, Duration.ofNanos(nanos), failure);
		for (PolicyListener listener : interested) {
			try {
				listener.onEvent(event);
			}
			catch (RuntimeException ex) {
				logger.warn("Listener %s failed on %s".formatted(listener, event), ex);
			}
		}
	}

	/**
	 * What is known of one kind of event.
	 */
	private static final class Account {

		private final PolicyEventKind kind;

		private final LongAdder count = new LongAdder();

		private final LongAdder nanos = new LongAdder();

		private final LongAccumulator longest = new LongAccumulator(Math::max, 0);

		private volatile PolicyListener[] listeners = NONE;

		Account(PolicyEventKind kind) {
			this.kind = kind;
		}

		synchronized void add(PolicyListener listener) {
			PolicyListener[] extended = Arrays.copyOf(this.listeners, this.listeners.length + 1);
			extended[extended.length - 1] = listener;
			this.listeners = extended;
		}

	}

}
