package io.asyncstarter.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A size and kind of executor that a test is run against.
 *
 * @param limit how many tasks may run
 * @param threads the kind of threads
 * @param queue how many tasks may wait
 */
record Setting(int limit, ThreadKind threads, int queue) {

	static final int UNLIMITED = Integer.MAX_VALUE;

	/**
	 * All combinations of limit 1, 4 and none, both kinds, and queue 0 and 10.
	 */
	static Stream<Setting> all() {
		List<Setting> settings = new ArrayList<>();
		for (int limit : new int[] { 1, 4, UNLIMITED }) {
			for (ThreadKind threads : ThreadKind.values()) {
				for (int queue : new int[] { 0, 10 }) {
					settings.add(new Setting(limit, threads, queue));
				}
			}
		}
		return settings.stream();
	}

	/**
	 * Those that can be saturated.
	 */
	static Stream<Setting> bounded() {
		return all().filter((setting) -> setting.limit != UNLIMITED);
	}

	/**
	 * Those that can be saturated and have a queue.
	 */
	static Stream<Setting> queued() {
		return bounded().filter((setting) -> setting.queue > 0);
	}

	@Override
	public String toString() {
		return "%s of %s, queue %d".formatted(this.threads, (this.limit == UNLIMITED) ? "any" : this.limit, this.queue);
	}

}
