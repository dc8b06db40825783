package io.asyncstarter.context;

import org.jspecify.annotations.Nullable;

/**
 * Told of pieces of work (a call of a policy, a group of tasks, an item of a queue) while
 * they go on, so that each can become a span of a trace. Without one, work goes its way
 * with no more than a look whether there is one.
 * <p>
 * Implementations are safe for use by multiple threads, do not block and do not throw.
 *
 * @since 0.1.0
 */
public interface WorkObserver {

	/**
	 * Called when a piece of work begins, on the thread on which it does.
	 * @param kind what it is, in dots and lower case, such as {@code policy}
	 * @param name its name
	 * @param parent what it belongs to, as found under {@link #getContextKey()} in the
	 * context of a reactive chain, or {@code null} for what the thread has
	 * @return the observation of the piece of work
	 */
	ObservedWork begin(String kind, String name, @Nullable Object parent);

	/**
	 * Returns the key under which the context of a reactive chain has what the chain
	 * belongs to.
	 * @return the key
	 */
	Object getContextKey();

	/**
	 * One piece of work that is being observed. All methods may be called by any thread.
	 */
	interface ObservedWork {

		/**
		 * Makes this piece of work what the calling thread works for.
		 * @return the scope to close, on the same thread
		 */
		TaskContext.Scope open();

		/**
		 * Returns what stands for this piece of work in the context of a reactive chain.
		 * @return the value for the key of the observer
		 */
		Object getContextValue();

		/**
		 * Called when something has happened.
		 * @param event what, one of a few names in dots and lower case
		 * @param description what, in a few words and without data
		 */
		void event(String event, String description);

		/**
		 * Called once, when the piece of work has ended.
		 * @param failure what it failed with, or {@code null} if it did not
		 */
		void end(@Nullable Throwable failure);

	}

}
