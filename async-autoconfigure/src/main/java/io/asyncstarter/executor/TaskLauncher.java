package io.asyncstarter.executor;

/**
 * Gives admitted tasks their threads.
 */
interface TaskLauncher {

	/**
	 * Runs the body on a thread of this launcher.
	 * @param body the body, which does not throw
	 * @throws RuntimeException if no thread could be had; the body will not run
	 */
	void launch(Runnable body);

	/**
	 * Returns whether a thread may run one task after another, rather than a single one.
	 */
	boolean reusesThreads();

	/**
	 * Returns whether each body starts on a thread that nothing is bound to.
	 */
	boolean startsCleanThreads();

	/**
	 * Changes the greatest number of bodies that run at once. Called before there are
	 * more and after there are fewer, and not concurrently.
	 */
	void resize(int maxConcurrency);

	/**
	 * Ends the threads that idle. Called when nothing runs and nothing will be launched.
	 */
	void close();

	/**
	 * Waits until the threads have ended or the time is over.
	 * @throws InterruptedException if the current thread is interrupted
	 */
	void awaitTermination(long nanos) throws InterruptedException;

}
