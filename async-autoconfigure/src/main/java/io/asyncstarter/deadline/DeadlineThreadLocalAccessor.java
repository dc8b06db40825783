package io.asyncstarter.deadline;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Lets the current deadline travel with Micrometer's context propagation, for example
 * through Reactor's context. On the threads it travels to, {@link Deadline#current()}
 * tells it and scopes inherit it, but nobody is interrupted: there is no scope that could
 * answer for it.
 * <p>
 * A scope that is entered on the thread stays what it is: what is carried there while it
 * is entered can only shorten what applies inside it, and is gone when it is left.
 * <p>
 * Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class DeadlineThreadLocalAccessor implements ThreadLocalAccessor<Deadline> {

	/**
	 * The key of the deadline in a context.
	 */
	public static final String KEY = "io.asyncstarter.deadline";

	@Override
	public Object key() {
		return KEY;
	}

	@Override
	public @Nullable Deadline getValue() {
		Deadline current = Deadline.current();
		return (current != Deadline.none()) ? current : null;
	}

	@Override
	public void setValue(Deadline value) {
		CurrentBound.carry(value);
	}

	@Override
	public void setValue() {
		CurrentBound.carry(null);
	}

}
