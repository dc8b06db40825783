package io.asyncstarter.deadline;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * What bounds a task that somebody else answers for: its owner enforces the deadline that
 * the task is told, and cancels the task by interrupting its thread. Scopes inside of the
 * task take neither for an affair of their own: they let that interrupt pass, also when
 * it comes at the same moment as theirs.
 * <p>
 * A task is entered and left on the thread that runs it.
 *
 * @since 0.1.0
 */
public abstract non-sealed class TaskBound extends ThreadBound {

	private final Deadline deadline;

	/**
	 * Creates the bound of a task.
	 * @param deadline the deadline that the task's owner enforces
	 */
	protected TaskBound(Deadline deadline) {
		this.deadline = deadline;
	}

	/**
	 * Returns whether the task is to stop. Has to be true before the task's thread is
	 * interrupted for it, and stays true.
	 * @return {@code true} if the task's owner has interrupted its thread or is about to
	 */
	protected abstract boolean isCancelRequested();

	/**
	 * Enters this bound on the calling thread.
	 */
	protected final void enter() {
		this.outside = CurrentBound.get();
		CurrentBound.set(this);
	}

	/**
	 * Enters this bound on the calling thread, which was started for the task alone: so
	 * there is nothing around it, and it need not be left.
	 */
	protected final void enterForGood() {
		CurrentBound.set(this);
	}

	/**
	 * Leaves this bound, on the thread that entered it.
	 */
	protected final void exit() {
		CurrentBound.set(this.outside);
		this.outside = null;
	}

	/**
	 * Returns the deadline that the task's owner enforces.
	 * @return the deadline, {@link Deadline#none()} if there is none
	 */
	protected final Deadline deadline() {
		return this.deadline;
	}

	/**
	 * Returns the innermost of the bounds of the calling thread that is of a type.
	 * @param <B> the type
	 * @param type the class of the type
	 * @return the bound, or {@code null} if there is none
	 */
	public static <B> @Nullable B innermost(Class<B> type) {
		Bound bound = CurrentBound.get();
		while (bound instanceof ThreadBound entered) {
			if (type.isInstance(entered)) {
				return type.cast(entered);
			}
			bound = entered.outside;
		}
		return null;
	}

	/**
	 * Does something brief on the calling thread that is to see nothing of its bounds,
	 * such as to hand over work that does not inherit the current deadline.
	 * @param <T> the type of the result
	 * @param action what to do
	 * @return the result
	 */
	public static <T extends @Nullable Object> T detached(Supplier<T> action) {
		Bound bound = CurrentBound.get();
		CurrentBound.set(null);
		try {
			return action.get();
		}
		finally {
			CurrentBound.set(bound);
		}
	}

	@Override
	final Deadline effective() {
		Deadline own = this.carried.earliest(this.deadline);
		return (this.outside != null) ? own.earliest(this.outside.effective()) : own;
	}

	@Override
	final DeadlineTimer timer() {
		return (this.deadline.isUnbounded() && this.outside != null) ? this.outside.timer() : this.deadline.timer();
	}

	@Override
	final TaskBound innermostTask() {
		return this;
	}

}
