package io.asyncstarter.actuate;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/**
 * What {@link AsyncEndpoint} shows of one kind of things: a path below the endpoint's,
 * and a section of its overview. Beans of this type are taken in their order.
 * <p>
 * Implementations are safe for use by multiple threads.
 *
 * @param <D> the type of what is shown of one thing, a record
 * @since 0.1.0
 */
public interface AsyncEndpointKind<D> {

	/**
	 * Returns the name of the kind, which is its path as well.
	 * @return the name, a plural in kebab-case such as {@code executors}
	 */
	String getName();

	/**
	 * Returns what one thing of the kind is called in messages.
	 * @return the noun, such as {@code executor}
	 */
	String getNoun();

	/**
	 * Returns all things of the kind.
	 * @return what is shown of them, by name
	 */
	SortedMap<String, D> all();

	/**
	 * Returns one thing.
	 * @param name the name of the thing
	 * @return what is shown of it, or empty if there is none of that name
	 */
	Optional<D> find(String name);

	/**
	 * Changes one thing until the application stops. All values are looked at first; if
	 * one of them is not allowed, nothing is changed.
	 * @param name the name of the thing
	 * @param values the values to change by key, as they came: texts, numbers, or
	 * {@code null}
	 * @return what is shown of the thing after the change
	 * @throws InvalidEndpointRequestException if a key or a value is not allowed
	 */
	default D change(String name, Map<String, @Nullable Object> values) {
		throw AsyncEndpoint.invalid("Nothing can be changed about %s '%s'".formatted(getNoun(), name));
	}

}
