package io.asyncstarter.task;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.springframework.util.Assert;

import io.asyncstarter.deadline.CausedElsewhere;

/**
 * Raised by a {@link TaskGroup} in which something failed: all failures, in the order in
 * which the failed tasks were forked, and last the one of the group's body, if any. That
 * of a group inside is one failure, with its own inside. Tasks that were cancelled are
 * not failures.
 * <p>
 * The first failure is the cause and the others are suppressed, so a stack trace shows
 * each of them once.
 * <p>
 * {@link #handle} does what {@code except*} does in Python.
 *
 * @since 0.1.0
 */
public class TaskGroupException extends RuntimeException implements CausedElsewhere {

	private static final int MOST_IN_MESSAGE = 5;

	private final String groupName;

	private final List<Throwable> failures;

	/**
	 * Creates a new exception.
	 * @param groupName the name of the group
	 * @param failures what failed, at least one
	 */
	@SuppressWarnings("this-escape") // addSuppressed is final
	public TaskGroupException(String groupName, List<? extends Throwable> failures) {
		super(message(groupName, failures), failures.get(0));
		this.groupName = groupName;
		this.failures = List.copyOf(failures);
		for (Throwable failure : this.failures.subList(1, this.failures.size())) {
			addSuppressed(failure);
		}
	}

	private static String message(String groupName, List<? extends Throwable> failures) {
		Assert.notEmpty(failures, "'failures' must not be empty");
		String more = (failures.size() > MOST_IN_MESSAGE) ? "; and %d more".formatted(failures.size() - MOST_IN_MESSAGE)
				: "";
		return failures.stream()
			.limit(MOST_IN_MESSAGE)
			.map(Throwable::toString)
			.collect(Collectors.joining("; ", "Group '%s' had %d %s: ".formatted(groupName, failures.size(),
					(failures.size() != 1) ? "failures" : "failure"), more));
	}

	/**
	 * Returns the name of the group.
	 * @return the name of the group
	 */
	public String getGroupName() {
		return this.groupName;
	}

	/**
	 * Returns what failed. Failures of a group inside are within its own exception.
	 * @return the failures in the order of their forks, the body's last, unmodifiable
	 */
	public List<Throwable> failures() {
		return this.failures;
	}

	/**
	 * Returns what failed by an exception of a type, in this group and in those inside.
	 * @param <X> the type
	 * @param type the class of the type
	 * @return the failures, in order, unmodifiable
	 */
	public <X extends Throwable> List<X> failures(Class<X> type) {
		List<X> found = new ArrayList<>();
		collect(type, found);
		return List.copyOf(found);
	}

	private <X extends Throwable> void collect(Class<X> type, List<X> found) {
		for (Throwable failure : this.failures) {
			if (failure instanceof TaskGroupException inner) {
				inner.collect(type, found);
			}
			else if (type.isInstance(failure)) {
				found.add(type.cast(failure));
			}
		}
	}

	/**
	 * Handles all failures of a type, in this group and in those inside, by one call of a
	 * handler. Nothing is called if there are none. Each failure is handled at most once:
	 * handlers of further types go to what is returned, and
	 * {@link TaskGroupRemainder#rethrow()} ends the chain.
	 * @param <X> the type
	 * @param type the class of the type, which is not that of this exception
	 * @param handler what to do with the failures; what it throws is one more failure
	 * @return what is left
	 */
	public <X extends Throwable> TaskGroupRemainder handle(Class<X> type, Consumer<? super List<X>> handler) {
		return new TaskGroupRemainder(this).handle(type, handler);
	}

}
