package io.asyncstarter.sample.gallery;

/**
 * One entry of the gallery. A Spring bean of this type is all that it takes to be listed,
 * shown with its source, run and recorded.
 * <p>
 * Instances are shared by all runs at once and keep nothing about a run.
 *
 * @since 0.1.0
 */
public interface Pattern {

	/**
	 * Describe the pattern.
	 * @return what the pattern is, when to use it, and what can be set for a run
	 */
	PatternInfo info();

	/**
	 * Run the pattern once, on a thread of its own which may block, and which is
	 * interrupted when the run is cancelled or takes too long.
	 * @param run the run: its parameters, and the recorder of its tasks
	 * @return what was measured, figures from this run only
	 * @throws Exception if the run failed
	 */
	RunResult run(PatternRun run) throws Exception;

}
