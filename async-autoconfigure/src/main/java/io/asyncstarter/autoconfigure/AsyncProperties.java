package io.asyncstarter.autoconfigure;

import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties of the async starter. Mistakes in them are found by
 * {@link PropertiesInspector} before they are bound, so that all can be reported at once.
 *
 * @param executors Bounded executors by bean name, added to 'io' and 'cpu'.
 * @param rateLimiters Rate limiters by name, each shared by all policies that name it.
 * @param policies Policies by name: what a call may take, and what is done when it fails.
 * @param queues Work queues by bean name.
 * @param policyEvents Application events that tell what happens in policies.
 * @param taskGroups Settings of task groups by their name.
 * @param background Background tasks.
 * @param health What the health contributor takes for a problem.
 * @param monitor What is watched while the application runs.
 * @param http Policies on HTTP clients.
 * @param deadline Deadlines that go from service to service.
 * @param observation What is observed, so that it can be traced.
 * @param shutdown What happens to running work when the application stops.
 * @since 0.1.0
 */
@ConfigurationProperties("async")
public record AsyncProperties(@DefaultValue Map<String, ExecutorProperties> executors,
		@DefaultValue Map<String, RateLimiterProperties> rateLimiters,
		@DefaultValue Map<String, PolicyProperties> policies, @DefaultValue Map<String, QueueProperties> queues,
		@NestedConfigurationProperty @DefaultValue PolicyEventsProperties policyEvents,
		@DefaultValue Map<String, TaskGroupProperties> taskGroups,
		@NestedConfigurationProperty @DefaultValue BackgroundProperties background,
		@NestedConfigurationProperty @DefaultValue HealthProperties health,
		@NestedConfigurationProperty @DefaultValue MonitorProperties monitor,
		@NestedConfigurationProperty @DefaultValue HttpProperties http,
		@NestedConfigurationProperty @DefaultValue DeadlineProperties deadline,
		@NestedConfigurationProperty @DefaultValue ObservationProperties observation,
		@NestedConfigurationProperty @DefaultValue ShutdownProperties shutdown) {

}
