package io.asyncstarter.task;

/**
 * The figures of the background tasks. Each run of a periodic task counts by itself, in
 * all but the first two.
 *
 * @param active how many tasks have not ended, periodic ones between two runs included
 * @param maxActive how many there may be
 * @param started how many runs have been started
 * @param succeeded how many have succeeded
 * @param failed how many have failed
 * @param cancelled how many have been cancelled
 * @param rejected how many tasks were not taken
 * @param unobserved how many failures had to be reported because nobody asked for them
 * @since 0.1.0
 */
public record BackgroundStats(int active, int maxActive, long started, long succeeded, long failed, long cancelled,
		long rejected, long unobserved) {

}
