package io.asyncstarter.actuate;

import java.util.Map;
import java.util.TreeMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.executor.NoSuchExecutorException;

/**
 * Endpoint that shows what runs and what waits, and changes limits while the application
 * runs. A change lasts until the application stops.
 * <p>
 * Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
@Endpoint(id = "async")
public class AsyncEndpoint {

	private static final Log logger = LogFactory.getLog(AsyncEndpoint.class);

	static final String EXECUTORS = "executors";

	private final BoundedExecutors executors;

	/**
	 * Creates an endpoint.
	 * @param executors the executors to show
	 */
	public AsyncEndpoint(BoundedExecutors executors) {
		this.executors = executors;
	}

	/**
	 * Returns everything at a glance.
	 * @return the overview
	 */
	@ReadOperation
	public AsyncOverview overview() {
		Map<String, ExecutorDescriptor> descriptors = new TreeMap<>();
		for (BoundedExecutor executor : this.executors.all()) {
			descriptors.put(executor.getName(), ExecutorDescriptor.of(executor.getStats()));
		}
		return new AsyncOverview(descriptors);
	}

	/**
	 * Returns all things of a kind.
	 * @param kind the kind: {@code executors}
	 * @return the things by name
	 * @throws InvalidEndpointRequestException if there is no such kind
	 */
	@ReadOperation
	public Map<String, ExecutorDescriptor> kind(@Selector String kind) {
		requireKind(kind);
		return overview().executors();
	}

	/**
	 * Returns one thing.
	 * @param kind the kind: {@code executors}
	 * @param name the name of the thing
	 * @return the thing
	 * @throws InvalidEndpointRequestException if there is no such thing
	 */
	@ReadOperation
	public ExecutorDescriptor detail(@Selector String kind, @Selector String name) {
		return ExecutorDescriptor.of(executor(kind, name).getStats());
	}

	/**
	 * Changes the limits of an executor. If one of them is not allowed, none is changed.
	 * @param kind the kind: {@code executors}
	 * @param name the name of the executor
	 * @param maxConcurrency how many tasks may run at once, or {@code null} to leave that
	 * @param queueCapacity how many tasks may wait, or {@code null} to leave that
	 * @return the executor after the change
	 * @throws InvalidEndpointRequestException if there is no such executor or a limit is
	 * not allowed
	 */
	@WriteOperation
	public ExecutorDescriptor change(@Selector String kind, @Selector String name, @Nullable Integer maxConcurrency,
			@Nullable Integer queueCapacity) {
		BoundedExecutor executor = executor(kind, name);
		if (maxConcurrency == null && queueCapacity == null) {
			throw invalid("Nothing to change: give 'maxConcurrency', 'queueCapacity' or both");
		}
		if (maxConcurrency != null && maxConcurrency < 1) {
			throw invalid("'maxConcurrency' must be at least 1 but was %d".formatted(maxConcurrency));
		}
		if (queueCapacity != null && queueCapacity < 0) {
			throw invalid("'queueCapacity' must be at least 0 but was %d".formatted(queueCapacity));
		}
		if (maxConcurrency != null) {
			audit(name, "max-concurrency", executor.getMaxConcurrency(), maxConcurrency);
			executor.setMaxConcurrency(maxConcurrency);
		}
		if (queueCapacity != null) {
			audit(name, "queue-capacity", executor.getQueueCapacity(), queueCapacity);
			executor.setQueueCapacity(queueCapacity);
		}
		return ExecutorDescriptor.of(executor.getStats());
	}

	private static void audit(String name, String limit, int before, int after) {
		logger
			.info("Executor '%s': %s changed from %d to %d through the actuator".formatted(name, limit, before, after));
	}

	private BoundedExecutor executor(String kind, String name) {
		requireKind(kind);
		try {
			return this.executors.get(name);
		}
		catch (NoSuchExecutorException ex) {
			throw new UnknownResourceException(String.valueOf(ex.getMessage()));
		}
	}

	private static void requireKind(String kind) {
		if (!kind.equals(EXECUTORS)) {
			throw new UnknownResourceException("There is no kind '%s'; there are: %s".formatted(kind, EXECUTORS));
		}
	}

	static InvalidEndpointRequestException invalid(String message) {
		return new InvalidEndpointRequestException(message, message);
	}

	/**
	 * Thrown for a kind or a name that there is not.
	 */
	static final class UnknownResourceException extends InvalidEndpointRequestException {

		UnknownResourceException(String message) {
			super(message, message);
		}

	}

}
