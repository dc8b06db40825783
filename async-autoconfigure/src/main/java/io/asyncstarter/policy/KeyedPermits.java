package io.asyncstarter.policy;

import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The permits of each key, kept as long as somebody has or wants one. Safe for use by
 * multiple threads.
 */
final class KeyedPermits {

	/*
	 * Invariant: 'users' of an entry is changed only while the table holds that entry's
	 * lock, and counts the passes that have not been given up.
	 */

	private final ConcurrentHashMap<Object, Entry> entries = new ConcurrentHashMap<>();

	int size() {
		return this.entries.size();
	}

	Stream<FairPermits> all() {
		return this.entries.values().stream().map((entry) -> entry.permits);
	}

	/**
	 * Returns the gate for one call.
	 * @param key the key
	 * @param limit how many may be in, if nobody is yet
	 * @return the gate, which has to be entered or refused
	 */
	Gate pass(Object key, int limit) {
		Entry entry = this.entries.compute(key, (same, present) -> {
			Entry used = (present != null) ? present : new Entry(limit);
			used.users++;
			return used;
		});
		return new Pass(this, key, entry.permits);
	}

	private void giveUp(Object key) {
		this.entries.computeIfPresent(key, (same, entry) -> (--entry.users != 0) ? entry : null);
	}

	/**
	 * The permits of a key.
	 */
	private static final class Entry {

		private final FairPermits permits;

		private int users;

		Entry(int limit) {
			this.permits = new FairPermits(limit);
		}

	}

	/**
	 * The way of one call through the permits of a key.
	 *
	 * @param table the permits of all keys
	 * @param key the key
	 * @param permits its permits
	 */
	private record Pass(KeyedPermits table, Object key, FairPermits permits) implements Gate {

		@Override
		public boolean tryEnter() {
			return this.permits.tryEnter();
		}

		@Override
		public Answer enter(Waiter waiter, long maxWaitNanos) {
			Answer answer = this.permits.enter(waiter, maxWaitNanos);
			if (answer == Answer.REFUSED) {
				this.table.giveUp(this.key);
			}
			return answer;
		}

		@Override
		public boolean withdraw(Waiter waiter) {
			boolean waited = this.permits.withdraw(waiter);
			if (waited) {
				this.table.giveUp(this.key);
			}
			return waited;
		}

		@Override
		public void leave() {
			this.permits.leave();
			this.table.giveUp(this.key);
		}

	}

}
