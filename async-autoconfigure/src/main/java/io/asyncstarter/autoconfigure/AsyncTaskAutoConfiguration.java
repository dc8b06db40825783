package io.asyncstarter.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.asyncstarter.context.WorkObserver;
import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.task.TaskListener;
import io.asyncstarter.task.Tasks;

/**
 * Auto-configuration for task groups and background tasks, by the settings of
 * {@code async.task-groups} and {@code async.background}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { AsyncExecutorAutoConfiguration.class, AsyncPolicyAutoConfiguration.class })
@ConditionalOnBean({ AsyncProperties.class, BoundedExecutors.class })
public final class AsyncTaskAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	Tasks asyncTasks(AsyncProperties properties, BoundedExecutors executors, ObjectProvider<Policies> policies,
			ObjectProvider<TaskListener> listeners, ObjectProvider<WorkObserver> observer,
			ObjectProvider<DeadlineTimer> timer) {
		Tasks.Builder tasks = Tasks.builder()
			.executors(executors)
			.maxBackground(properties.background().maxTasks())
			.reportAfter(properties.background().reportAfter());
		properties.taskGroups().forEach((name, group) -> tasks.group(name, group.toOptions()));
		policies.ifUnique(tasks::policies);
		listeners.orderedStream().forEach(tasks::listener);
		observer.ifUnique(tasks::observer);
		timer.ifUnique(tasks::timer);
		return tasks.build();
	}

}
