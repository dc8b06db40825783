package io.asyncstarter.deadline;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Raised by a scope whose deadline passed before its work was done. It is a failure of
 * the work, not a cancellation: it is neither a
 * {@link java.util.concurrent.CancellationException} nor an {@link InterruptedException},
 * and the interrupt flag that the deadline had set is clear when it is raised.
 * <p>
 * The cause is what the interrupted work threw, so that whatever the work attached to it
 * stays reachable.
 *
 * @since 0.1.0
 */
public class DeadlineExceededException extends RuntimeException implements CausedElsewhere {

	private final String scopeName;

	private final Duration budget;

	private final Duration elapsed;

	/**
	 * Creates a new exception.
	 * @param scopeName the name of the scope whose deadline passed
	 * @param budget how long the scope had, from its entry; zero if its deadline had
	 * passed already
	 * @param elapsed how long the scope took, from its entry until its work had ended
	 * @param cause what the interrupted work threw, or {@code null} if there is nothing
	 */
	public DeadlineExceededException(String scopeName, Duration budget, Duration elapsed, @Nullable Throwable cause) {
		super("Scope '%s' exceeded its deadline: it had %s and took %s".formatted(scopeName, budget, elapsed), cause);
		this.scopeName = scopeName;
		this.budget = budget;
		this.elapsed = elapsed;
	}

	/**
	 * Returns the name of the scope whose deadline passed.
	 * @return the name of the scope
	 */
	public String getScopeName() {
		return this.scopeName;
	}

	/**
	 * Returns how long the scope had, from its entry.
	 * @return the time given; zero if the deadline had passed already
	 */
	public Duration getBudget() {
		return this.budget;
	}

	/**
	 * Returns how long the scope took, from its entry until its work had ended, cleanup
	 * included.
	 * @return the time taken
	 */
	public Duration getElapsed() {
		return this.elapsed;
	}

}
