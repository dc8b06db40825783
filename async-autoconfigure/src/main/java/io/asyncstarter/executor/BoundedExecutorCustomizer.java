package io.asyncstarter.executor;

/**
 * Callback for beans that change the settings of the executors created from
 * {@code async.executors.*}, after the properties were applied. Customizers are called in
 * their order, once an executor.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface BoundedExecutorCustomizer {

	/**
	 * Customizes an executor that is about to be built.
	 * @param name the name of the executor
	 * @param builder the builder to change
	 */
	void customize(String name, BoundedExecutor.Builder builder);

}
