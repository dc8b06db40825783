package io.asyncstarter.sample.upstream;

import java.time.Duration;

/**
 * A request for an item, and how the upstream shall behave when it comes.
 *
 * @param run the id of the run it belongs to
 * @param group its calls are counted, limited and cut off together; empty if the run has
 * one group only
 * @param id the number of the item
 * @param latency how long the upstream takes
 * @param failures how many of a hundred requests fail
 * @param failFirst how many requests for the same item fail before one does not
 * @param slow how many of a hundred requests take {@code slowLatency}
 * @param slowLatency how long these take
 * @param seed decides, with the number of the item and how often it was asked for, which
 * requests fail and which are slow; zero leaves it to chance
 * @since 0.1.0
 */
public record UpstreamRequest(String run, String group, int id, Duration latency, int failures, int failFirst, int slow,
		Duration slowLatency, long seed) {

	/**
	 * A request for an item, answered at once.
	 * @param run the id of the run it belongs to
	 * @param id the number of the item
	 * @return the request
	 */
	public static UpstreamRequest of(String run, int id) {
		return new UpstreamRequest(run, "", id, Duration.ZERO, 0, 0, 0, Duration.ZERO, 0);
	}

	/**
	 * The same request, counted with others of its group.
	 * @param group the name of the group
	 * @return the request
	 */
	public UpstreamRequest group(String group) {
		return new UpstreamRequest(this.run, group, this.id, this.latency, this.failures, this.failFirst, this.slow,
				this.slowLatency, this.seed);
	}

	/**
	 * The same request, which takes its time.
	 * @param latency how long the upstream takes
	 * @return the request
	 */
	public UpstreamRequest latency(Duration latency) {
		return new UpstreamRequest(this.run, this.group, this.id, latency, this.failures, this.failFirst, this.slow,
				this.slowLatency, this.seed);
	}

	/**
	 * The same request, which fails at times.
	 * @param percent how many of a hundred fail
	 * @param seed decides which
	 * @return the request
	 */
	public UpstreamRequest failures(int percent, long seed) {
		return new UpstreamRequest(this.run, this.group, this.id, this.latency, percent, this.failFirst, this.slow,
				this.slowLatency, seed);
	}

	/**
	 * The same request, which fails until it was repeated often enough.
	 * @param times how many times it fails
	 * @return the request
	 */
	public UpstreamRequest failFirst(int times) {
		return new UpstreamRequest(this.run, this.group, this.id, this.latency, this.failures, times, this.slow,
				this.slowLatency, this.seed);
	}

	/**
	 * The same request, which takes very long at times.
	 * @param percent how many of a hundred are slow
	 * @param slowLatency how long these take
	 * @param seed decides which
	 * @return the request
	 */
	public UpstreamRequest slow(int percent, Duration slowLatency, long seed) {
		return new UpstreamRequest(this.run, this.group, this.id, this.latency, this.failures, this.failFirst, percent,
				slowLatency, seed);
	}

	Object[] variables() {
		return new Object[] { this.id, this.latency.toMillis(), this.failures, this.failFirst, this.slow,
				this.slowLatency.toMillis(), this.seed, this.run, this.group };
	}

}
