package io.asyncstarter.lifecycle;

import java.time.Duration;
import java.util.List;

/**
 * Something with work that is to come to its end when the application closes. A bean of
 * this type takes part in the shutdown. Its methods are called by one thread, in the
 * order in which they stand here; what one of them throws is logged and does not keep
 * others from their end.
 *
 * @since 0.1.0
 */
public interface ShutdownParticipant {

	/**
	 * Returns when this is to end.
	 * @return the stage
	 */
	ShutdownStage getStage();

	/**
	 * Refuses further work from now on. Must not block.
	 */
	void refuse();

	/**
	 * Waits until all work that was accepted has ended.
	 * @param atMost how long to wait; zero or less only looks
	 * @return whether it has
	 * @throws InterruptedException if the thread was interrupted; what remains is then
	 * cancelled
	 */
	boolean awaitEnd(Duration atMost) throws InterruptedException;

	/**
	 * Returns the accounts of the work: one for each thing that has a name.
	 * @return the accounts as of now, always of the same things
	 */
	List<ShutdownAccount> accounts();

	/**
	 * Cancels what has not ended: what waits is dropped, and what runs interrupted. Must
	 * not block. The end of it is then awaited by {@link #awaitEnd} once more.
	 */
	void cancel();

}
