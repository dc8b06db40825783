package io.asyncstarter.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

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

	private final Map<String, AsyncEndpointKind<?>> kinds = new LinkedHashMap<>();

	/**
	 * Creates an endpoint.
	 * @param kinds the kinds of things to show, in order
	 */
	public AsyncEndpoint(List<? extends AsyncEndpointKind<?>> kinds) {
		for (AsyncEndpointKind<?> kind : kinds) {
			this.kinds.put(kind.getName(), kind);
		}
	}

	/**
	 * Returns everything at a glance.
	 * @return the things of each kind by name
	 */
	@ReadOperation
	public Map<String, Map<String, ?>> overview() {
		Map<String, Map<String, ?>> overview = new LinkedHashMap<>();
		this.kinds.forEach((name, kind) -> overview.put(name, kind.all()));
		return overview;
	}

	/**
	 * Returns all things of a kind.
	 * @param kind the kind, such as {@code executors}
	 * @return the things by name
	 * @throws InvalidEndpointRequestException if there is no such kind
	 */
	@ReadOperation
	public Map<String, ?> kind(@Selector String kind) {
		return require(kind).all();
	}

	/**
	 * Returns one thing.
	 * @param kind the kind, such as {@code executors}
	 * @param name the name of the thing
	 * @return the thing
	 * @throws InvalidEndpointRequestException if there is no such thing
	 */
	@ReadOperation
	public Object detail(@Selector String kind, @Selector String name) {
		return detail(require(kind), name);
	}

	/**
	 * Changes a thing. If one of the values is not allowed, none is changed.
	 * @param kind the kind, such as {@code executors}
	 * @param name the name of the thing
	 * @param changes the values to change by key, such as {@code maxConcurrency}
	 * @return the thing after the change
	 * @throws InvalidEndpointRequestException if there is no such thing or a value is not
	 * allowed
	 */
	@WriteOperation
	public Object change(@Selector String kind, @Selector String name, Map<String, @Nullable Object> changes) {
		AsyncEndpointKind<?> required = require(kind);
		detail(required, name);
		return required.change(name, changes);
	}

	private AsyncEndpointKind<?> require(String name) {
		AsyncEndpointKind<?> kind = this.kinds.get(name);
		if (kind == null) {
			throw new UnknownResourceException(
					"There is no kind '%s'; there are: %s".formatted(name, String.join(", ", this.kinds.keySet())));
		}
		return kind;
	}

	private static <D> D detail(AsyncEndpointKind<D> kind, String name) {
		return kind.find(name)
			.orElseThrow(() -> new UnknownResourceException("There is no %s named '%s'; there are: %s"
				.formatted(kind.getNoun(), name, String.join(", ", kind.all().keySet()))));
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
