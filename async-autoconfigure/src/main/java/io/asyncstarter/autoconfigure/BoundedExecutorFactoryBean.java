package io.asyncstarter.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.CompositeTaskDecorator;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutorCustomizer;

/**
 * Builds one of the configured executors. A factory bean has a bean definition without
 * code in it, which is what ahead-of-time processing needs.
 */
final class BoundedExecutorFactoryBean implements FactoryBean<BoundedExecutor>, DisposableBean {

	private final BoundedExecutor executor;

	BoundedExecutorFactoryBean(String name, AsyncProperties properties, ObjectProvider<TaskDecorator> taskDecorators,
			ObjectProvider<BoundedExecutorCustomizer> customizers) {
		BoundedExecutor.Builder builder = ExecutorSettings.builder(name, properties)
			.taskDecorator(compose(taskDecorators.orderedStream().toList()));
		customizers.orderedStream().forEach((customizer) -> customizer.customize(name, builder));
		this.executor = builder.build();
	}

	/**
	 * As Boot does for its own executors.
	 */
	private static @Nullable TaskDecorator compose(List<TaskDecorator> taskDecorators) {
		return switch (taskDecorators.size()) {
			case 0 -> null;
			case 1 -> taskDecorators.get(0);
			default -> new CompositeTaskDecorator(taskDecorators);
		};
	}

	@Override
	public BoundedExecutor getObject() {
		return this.executor;
	}

	@Override
	public Class<?> getObjectType() {
		return BoundedExecutor.class;
	}

	/**
	 * The last resort, when the context closes without a shutdown in order, as it does
	 * when it fails to start.
	 */
	@Override
	public void destroy() {
		this.executor.shutdownNow();
	}

}
