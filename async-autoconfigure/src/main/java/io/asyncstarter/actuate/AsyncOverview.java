package io.asyncstarter.actuate;

import java.util.Map;

/**
 * Everything at a glance.
 *
 * @param executors the bounded executors by name
 * @since 0.1.0
 */
public record AsyncOverview(Map<String, ExecutorDescriptor> executors) {

}
