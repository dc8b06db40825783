package io.asyncstarter.context;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.context.WorkObserver.ObservedWork;

/**
 * A piece of work that is observed and done by one thread, from its begin to its end. Not
 * safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class ObservedScope {

	private final ObservedWork work;

	private final TaskContext.Scope scope;

	private ObservedScope(ObservedWork work) {
		this.work = work;
		this.scope = work.open();
	}

	/**
	 * Begins a piece of work, for which the calling thread works from now on.
	 * @param observer the observer, or {@code null} if there is none
	 * @param kind what the work is, see {@link WorkObserver#begin}
	 * @param name its name
	 * @return the scope to close, on the same thread, or {@code null} without an observer
	 */
	public static @Nullable ObservedScope open(@Nullable WorkObserver observer, String kind, String name) {
		return (observer != null) ? new ObservedScope(observer.begin(kind, name, null)) : null;
	}

	/**
	 * Ends the piece of work.
	 * @param failure what it failed with, or {@code null} if it did not
	 */
	public void close(@Nullable Throwable failure) {
		this.scope.close();
		this.work.end(failure);
	}

}
