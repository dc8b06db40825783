package io.asyncstarter.actuate;

import java.util.List;

/**
 * One section of {@link AsyncHealthIndicator}. Beans of this type are taken in their
 * order.
 * <p>
 * Implementations are safe for use by multiple threads and do not block.
 *
 * @since 0.1.0
 */
public interface AsyncHealthCheck {

	/**
	 * Returns the name of the section.
	 * @return the name, a plural in kebab-case such as {@code executors}
	 */
	String getName();

	/**
	 * Looks for what is wrong.
	 * @return what was found, each with another subject; nothing if all is well
	 */
	List<AsyncHealthProblem> check();

}
