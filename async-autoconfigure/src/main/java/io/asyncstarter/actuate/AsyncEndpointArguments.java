package io.asyncstarter.actuate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationArgumentResolver;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameter;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;

/**
 * Gives the write operation of {@link AsyncEndpoint} what a request says beyond the
 * operation's own parameters, as a map. Otherwise the endpoint would have to declare a
 * parameter for each value of each kind, and keys that it does not know would be ignored.
 * Requests that bring such a map, as those over JMX do, are left alone.
 *
 * @since 0.1.0
 */
public final class AsyncEndpointArguments implements OperationInvokerAdvisor {

	static final String CHANGES = "changes";

	private static final EndpointId ENDPOINT = EndpointId.of("async");

	@Override
	public OperationInvoker apply(EndpointId endpointId, OperationType operationType, OperationParameters parameters,
			OperationInvoker invoker) {
		if (!endpointId.equals(ENDPOINT) || operationType != OperationType.WRITE) {
			return invoker;
		}
		return (context) -> invoker.invoke(collected(context, parameters));
	}

	private static InvocationContext collected(InvocationContext context, OperationParameters parameters) {
		Map<String, Object> arguments = new LinkedHashMap<>(context.getArguments());
		if (arguments.get(CHANGES) instanceof Map) {
			return context;
		}
		Map<String, @Nullable Object> changes = new LinkedHashMap<>(arguments);
		for (OperationParameter parameter : parameters) {
			changes.remove(parameter.getName());
		}
		arguments.put(CHANGES, changes);
		SecurityContext securityContext = Objects.requireNonNullElse(context.resolveArgument(SecurityContext.class),
				SecurityContext.NONE);
		return new InvocationContext(securityContext, arguments, new Resolving(context));
	}

	/**
	 * Resolves what another context can resolve.
	 *
	 * @param context the other context
	 */
	private record Resolving(InvocationContext context) implements OperationArgumentResolver {

		@Override
		public boolean canResolve(Class<?> type) {
			return this.context.canResolve(type);
		}

		@Override
		public <T> @Nullable T resolve(Class<T> type) {
			return this.context.resolveArgument(type);
		}

	}

}
