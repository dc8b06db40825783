package io.asyncstarter.autoconfigure;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.asyncstarter.actuate.AsyncTasksEndpoint;
import io.asyncstarter.task.Tasks;

/**
 * Auto-configuration for the actuator endpoint {@code asynctasks}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = AsyncTaskAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(AsyncTasksEndpoint.class)
@RegisterReflectionForBinding(AsyncTasksEndpoint.LiveTasks.class)
public final class AsyncTasksEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(Tasks.class)
	AsyncTasksEndpoint asyncTasksEndpoint(Tasks tasks) {
		return new AsyncTasksEndpoint(tasks);
	}

}
