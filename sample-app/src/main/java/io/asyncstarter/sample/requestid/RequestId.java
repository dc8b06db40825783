package io.asyncstarter.sample.requestid;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The id of the request that is being worked on.
 *
 * @since 0.1.0
 */
public final class RequestId {

	/**
	 * Its key in the MDC and in the Reactor context.
	 */
	public static final String KEY = "requestId";

	/**
	 * Its HTTP header.
	 */
	public static final String HEADER = "X-Request-Id";

	private RequestId() {
	}

	/**
	 * The id that a log line of this thread would have now.
	 * @return the id, or {@code null} if there is none
	 */
	public static @Nullable String current() {
		return MDC.get(KEY);
	}

}
