package io.asyncstarter.lifecycle;

import java.util.Collection;

/**
 * Several participants of a shutdown, of which it is known only then which there are.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ShutdownParticipants {

	/**
	 * Returns the participants. Called once, when the context begins to close.
	 * @return the participants
	 */
	Collection<? extends ShutdownParticipant> get();

}
