package io.asyncstarter.resource;

import org.jspecify.annotations.Nullable;

/**
 * Looks at how the work of a scope has ended when the scope is left, and may swallow its
 * failure.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ExitHandler {

	/**
	 * Called once.
	 * @param failure what the work has failed with, or else what was registered later
	 * than this handler and failed when it was released; {@code null} if nothing failed,
	 * and for a scope that is closed and does not know its work
	 * @return whether to swallow the failure: then what was registered before sees none,
	 * and none is thrown
	 * @throws Exception if the handler fails; that is a failure like that of a release
	 */
	boolean exit(@Nullable Throwable failure) throws Exception;

}
