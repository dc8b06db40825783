package io.asyncstarter.task;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * The failures of a group that no handler has dealt with yet, in the nesting in which
 * they occurred. Instances are immutable.
 *
 * @since 0.1.0
 */
public final class TaskGroupRemainder {

	private final String groupName;

	private final @Nullable TaskGroupException unhandled;

	/*
	 * What handlers threw, which further handlers are not asked about.
	 */
	private final List<Throwable> raised;

	TaskGroupRemainder(TaskGroupException exception) {
		this(exception.getGroupName(), exception, List.of());
	}

	private TaskGroupRemainder(String groupName, @Nullable TaskGroupException unhandled, List<Throwable> raised) {
		this.groupName = groupName;
		this.unhandled = unhandled;
		this.raised = raised;
	}

	/**
	 * Handles all failures of a type that are left by one call of a handler. Nothing is
	 * called if there are none.
	 * @param <X> the type
	 * @param type the class of the type, which is not that of {@link TaskGroupException}
	 * @param handler what to do with the failures; what it throws is one more failure,
	 * which no further handler sees
	 * @return what is left
	 */
	public <X extends Throwable> TaskGroupRemainder handle(Class<X> type, Consumer<? super List<X>> handler) {
		Assert.notNull(type, "'type' must not be null");
		Assert.notNull(handler, "'handler' must not be null");
		Assert.isTrue(!TaskGroupException.class.isAssignableFrom(type),
				() -> "'type' must be that of a failure but was %s, which only holds failures"
					.formatted(type.getName()));
		List<X> matching = (this.unhandled != null) ? this.unhandled.failures(type) : List.of();
		if (this.unhandled == null || matching.isEmpty()) {
			return this;
		}
		List<Throwable> raised = new ArrayList<>(this.raised);
		try {
			handler.accept(matching);
		}
		catch (RuntimeException ex) {
			raised.add(ex);
		}
		return new TaskGroupRemainder(this.groupName, without(type, this.unhandled), List.copyOf(raised));
	}

	private static @Nullable TaskGroupException without(Class<? extends Throwable> type, TaskGroupException exception) {
		List<Throwable> rest = new ArrayList<>();
		boolean changed = false;
		for (Throwable failure : exception.failures()) {
			Throwable kept = failure;
			if (failure instanceof TaskGroupException inner) {
				kept = without(type, inner);
			}
			else if (type.isInstance(failure)) {
				kept = null;
			}
			changed |= !failure.equals(kept);
			if (kept != null) {
				rest.add(kept);
			}
		}
		if (!changed) {
			return exception;
		}
		return (!rest.isEmpty()) ? copy(exception, rest) : null;
	}

	private static TaskGroupException copy(TaskGroupException exception, List<Throwable> failures) {
		TaskGroupException copy = new TaskGroupException(exception.getGroupName(), failures);
		copy.setStackTrace(exception.getStackTrace());
		return copy;
	}

	/**
	 * Returns what is left: unhandled failures, and last those of handlers.
	 * @return the failures, unmodifiable
	 */
	public List<Throwable> failures() {
		List<Throwable> failures = new ArrayList<>();
		if (this.unhandled != null) {
			failures.addAll(this.unhandled.failures());
		}
		failures.addAll(this.raised);
		return List.copyOf(failures);
	}

	/**
	 * Returns whether everything has been handled.
	 * @return {@code true} if nothing is left
	 */
	public boolean isEmpty() {
		return this.unhandled == null && this.raised.isEmpty();
	}

	/**
	 * Throws what is left, if anything is.
	 * @throws TaskGroupException with the failures that are left
	 */
	public void rethrow() {
		if (this.unhandled != null && this.raised.isEmpty()) {
			throw this.unhandled;
		}
		if (!isEmpty()) {
			throw new TaskGroupException(this.groupName, failures());
		}
	}

}
