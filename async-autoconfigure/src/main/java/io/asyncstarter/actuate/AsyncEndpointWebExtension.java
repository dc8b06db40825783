package io.asyncstarter.actuate;

import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.util.MimeType;

/**
 * {@link AsyncEndpoint} over HTTP: what is wrong with a request is said in a
 * {@code application/problem+json} body (RFC 9457), with status 404 for names that there
 * are not and 400 for everything else.
 *
 * @since 0.1.0
 */
@EndpointWebExtension(endpoint = AsyncEndpoint.class)
public class AsyncEndpointWebExtension {

	private static final MimeType PROBLEM_JSON = new MimeType("application", "problem+json");

	private final AsyncEndpoint endpoint;

	/**
	 * Creates an extension.
	 * @param endpoint the endpoint that does the work
	 */
	public AsyncEndpointWebExtension(AsyncEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Returns everything at a glance.
	 * @return the overview
	 */
	@ReadOperation
	public WebEndpointResponse<Object> overview() {
		return respond(this.endpoint::overview);
	}

	/**
	 * Returns all things of a kind.
	 * @param kind the kind
	 * @return the things by name, or a problem
	 */
	@ReadOperation
	public WebEndpointResponse<Object> kind(@Selector String kind) {
		return respond(() -> this.endpoint.kind(kind));
	}

	/**
	 * Returns one thing.
	 * @param kind the kind
	 * @param name the name of the thing
	 * @return the thing, or a problem
	 */
	@ReadOperation
	public WebEndpointResponse<Object> detail(@Selector String kind, @Selector String name) {
		return respond(() -> this.endpoint.detail(kind, name));
	}

	/**
	 * Changes a thing.
	 * @param kind the kind
	 * @param name the name of the thing
	 * @param changes the values to change by key
	 * @return the thing after the change, or a problem
	 */
	@WriteOperation
	public WebEndpointResponse<Object> change(@Selector String kind, @Selector String name,
			Map<String, @Nullable Object> changes) {
		return respond(() -> this.endpoint.change(kind, name, changes));
	}

	private static WebEndpointResponse<Object> respond(Supplier<Object> operation) {
		try {
			return new WebEndpointResponse<>(operation.get());
		}
		catch (AsyncEndpoint.UnknownResourceException ex) {
			return problem(WebEndpointResponse.STATUS_NOT_FOUND, "Not Found", ex);
		}
		catch (InvalidEndpointRequestException ex) {
			return problem(WebEndpointResponse.STATUS_BAD_REQUEST, "Bad Request", ex);
		}
	}

	private static WebEndpointResponse<Object> problem(int status, String title, InvalidEndpointRequestException ex) {
		return new WebEndpointResponse<>(
				Map.of("title", title, "status", status, "detail", String.valueOf(ex.getMessage())), status,
				PROBLEM_JSON);
	}

}
