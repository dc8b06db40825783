package io.asyncstarter.deadline;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * Work that the deadlines around it do not bound, such as the release of a resource: it
 * has to be done although, or just because, the deadline has passed. It should have a
 * deadline of its own instead, by a scope that is entered inside.
 * <p>
 * While such work runs, {@link Deadline#current()} knows nothing of what is around it,
 * and no scope around it that has a deadline interrupts the thread for it; one whose
 * deadline passes meanwhile does so afterwards. An interrupt that is pending when the
 * work begins is kept until it has ended, from wherever it came. One that comes from
 * elsewhere meanwhile, such as that of a cancelled task, takes effect.
 *
 * @since 0.1.0
 */
public final class DeadlineShield {

	private DeadlineShield() {
	}

	/**
	 * Does work on the calling thread.
	 * @param <T> the type of the result
	 * @param <X> the type of checked exception the work throws
	 * @param work the work
	 * @return the result of the work
	 * @throws X if the work fails
	 */
	public static <T extends @Nullable Object, X extends Exception> T call(DeadlineCallable<T, X> work) throws X {
		Assert.notNull(work, "'work' must not be null");
		Bound outside = CurrentBound.get();
		Map<ScopeExpiry, Deadline> suspended = suspend(outside);
		// From here on, none of these scopes sets the flag.
		boolean interrupted = Thread.interrupted();
		CurrentBound.set(null);
		try {
			return work.call();
		}
		finally {
			CurrentBound.set(outside);
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
			suspended.forEach(ScopeExpiry::resume);
		}
	}

	private static Map<ScopeExpiry, Deadline> suspend(@Nullable Bound outside) {
		Map<ScopeExpiry, Deadline> suspended = new LinkedHashMap<>();
		ScopeExpiry innermost = (outside != null) ? outside.innermostExpiry() : null;
		for (ScopeExpiry scope = innermost; scope != null; scope = scope.outer()) {
			suspended.put(scope, scope.suspend());
		}
		return suspended;
	}

}
