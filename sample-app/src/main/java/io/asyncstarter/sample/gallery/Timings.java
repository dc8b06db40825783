package io.asyncstarter.sample.gallery;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Times that were measured one by one. Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class Timings {

	private final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();

	/**
	 * Add a time.
	 * @param nanos the time in nanoseconds; less than none counts as none
	 */
	public void add(long nanos) {
		this.nanos.add(Math.max(0, nanos));
	}

	/**
	 * Count the times.
	 * @return how many there are
	 */
	public int count() {
		return this.nanos.size();
	}

	/**
	 * The longest time.
	 * @return the longest, or zero if there is none
	 */
	public Duration max() {
		return percentile(100);
	}

	/**
	 * The time that a share of all times does not exceed.
	 * @param percent the share, from 0 to 100
	 * @return a time that was measured, or zero if there is none
	 */
	public Duration percentile(double percent) {
		List<Long> sorted = this.nanos.stream().sorted().toList();
		if (sorted.isEmpty()) {
			return Duration.ZERO;
		}
		int rank = (int) Math.ceil(percent / 100 * sorted.size());
		return Duration.ofNanos(sorted.get(Math.max(rank, 1) - 1));
	}

	/**
	 * The mean of the longest times.
	 * @param percent how many of a hundred are taken, one at least
	 * @return their mean, or zero if there is none
	 */
	public Duration meanOfLongest(double percent) {
		List<Long> sorted = this.nanos.stream().sorted().toList();
		int first = sorted.size() - Math.max(1, (int) (percent / 100 * sorted.size()));
		return Duration
			.ofNanos((long) sorted.stream().skip(Math.max(first, 0)).mapToLong((time) -> time).average().orElse(0));
	}

	// how many times there are in each class of a width in milliseconds
	List<Integer> classes(int classes, double width) {
		int[] counts = new int[classes];
		for (long time : this.nanos) {
			counts[Math.min((int) (time / 1e6 / width), classes - 1)]++;
		}
		return Arrays.stream(counts).boxed().toList();
	}

	/**
	 * Write a time for a reader.
	 * @param time the time
	 * @return the time in milliseconds, such as {@code 12.3 ms}
	 */
	public static String text(Duration time) {
		return "%.1f ms".formatted(time.toNanos() / 1_000_000.0);
	}

}
