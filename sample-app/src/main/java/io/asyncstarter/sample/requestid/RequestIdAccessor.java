package io.asyncstarter.sample.requestid;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Tells context-propagation where the request id lives. This is all that it takes to make
 * it follow the work; it is found as a service.
 *
 * @since 0.1.0
 */
public class RequestIdAccessor implements ThreadLocalAccessor<String> {

	@Override
	public Object key() {
		return RequestId.KEY;
	}

	@Override
	public @Nullable String getValue() {
		return MDC.get(RequestId.KEY);
	}

	@Override
	public void setValue(String value) {
		MDC.put(RequestId.KEY, value);
	}

	@Override
	public void setValue() {
		MDC.remove(RequestId.KEY);
	}

}
