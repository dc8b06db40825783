package io.asyncstarter.actuate;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;

/**
 * Shows the bounded executors, and changes their limits.
 *
 * @since 0.1.0
 */
@RegisterReflectionForBinding(ExecutorDescriptor.class)
public final class BoundedExecutorKind implements AsyncEndpointKind<ExecutorDescriptor> {

	private final BoundedExecutors executors;

	/**
	 * Creates the kind.
	 * @param executors the executors to show
	 */
	public BoundedExecutorKind(BoundedExecutors executors) {
		this.executors = executors;
	}

	@Override
	public String getName() {
		return "executors";
	}

	@Override
	public String getNoun() {
		return "executor";
	}

	@Override
	public SortedMap<String, ExecutorDescriptor> all() {
		SortedMap<String, ExecutorDescriptor> descriptors = new TreeMap<>();
		for (BoundedExecutor executor : this.executors.all()) {
			descriptors.put(executor.getName(), ExecutorDescriptor.of(executor.getStats()));
		}
		return descriptors;
	}

	@Override
	public Optional<ExecutorDescriptor> find(String name) {
		return this.executors.find(name).map((executor) -> ExecutorDescriptor.of(executor.getStats()));
	}

	@Override
	public ExecutorDescriptor change(String name, Map<String, @Nullable Object> values) {
		BoundedExecutor executor = this.executors.get(name);
		Changes changes = new Changes("Executor '%s'".formatted(name), values);
		Changes.Change<Integer> maxConcurrency = changes.wholeNumber("maxConcurrency", 1, executor.getMaxConcurrency());
		Changes.Change<Integer> queueCapacity = changes.wholeNumber("queueCapacity", 0, executor.getQueueCapacity());
		changes.check();
		maxConcurrency.apply(executor::setMaxConcurrency);
		queueCapacity.apply(executor::setQueueCapacity);
		return ExecutorDescriptor.of(executor.getStats());
	}

}
