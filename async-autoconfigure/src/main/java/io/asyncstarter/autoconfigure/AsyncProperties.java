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
 * @param shutdown What happens to running work when the application stops.
 * @since 0.1.0
 */
@ConfigurationProperties("async")
public record AsyncProperties(@DefaultValue Map<String, ExecutorProperties> executors,
		@NestedConfigurationProperty @DefaultValue ShutdownProperties shutdown) {

}
