package io.asyncstarter.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.util.Assert;
import org.springframework.web.filter.OncePerRequestFilter;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;

/**
 * Gives a request of a servlet the deadline that its header tells, as a scope on the
 * request's thread: when it passes, the thread is interrupted, and the answer is 504
 * unless another has begun.
 * <p>
 * When the request goes on asynchronously, what is left becomes the timeout of its
 * {@link AsyncContext}, if that is not shorter; {@link DeadlineAsyncInterceptor} makes a
 * 504 of it.
 *
 * @since 0.1.0
 */
public final class DeadlineServletFilter extends OncePerRequestFilter implements Ordered {

	/**
	 * The place in the chain: before all that does work, after the encoding of characters
	 * is set.
	 */
	public static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 50;

	static final String DEADLINE_ATTRIBUTE = DeadlineServletFilter.class.getName() + ".DEADLINE";

	private static final String SCOPE = "request";

	private final DeadlineHeader header;

	/**
	 * Creates a filter.
	 * @param header the header
	 */
	public DeadlineServletFilter(DeadlineHeader header) {
		Assert.notNull(header, "'header' must not be null");
		this.header = header;
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		Deadline told = this.header.read(values(request));
		if (told == null) {
			chain.doFilter(request, response);
		}
		else if (told.isExpired()) {
			ProblemResponse.write(response, HttpProblem.TIME_IS_UP);
		}
		else {
			request.setAttribute(DEADLINE_ATTRIBUTE, told);
			bounded(request, response, chain, told);
		}
	}

	private List<String> values(HttpServletRequest request) {
		Enumeration<String> values = request.getHeaders(this.header.getName());
		return (values != null) ? Collections.list(values) : List.of();
	}

	private static void bounded(HttpServletRequest request, HttpServletResponse response, FilterChain chain,
			Deadline told) throws ServletException, IOException {
		try {
			told.<@Nullable Void>call(SCOPE, () -> {
				chain.doFilter(request, response);
				return null;
			});
		}
		catch (DeadlineExceededException ex) {
			if (!ex.getScopeName().equals(SCOPE) || response.isCommitted()) {
				throw ex;
			}
			ProblemResponse.write(response, HttpProblem.TIME_IS_UP);
		}
		catch (ServletException | IOException | RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new ServletException(ex);
		}
		if (request.isAsyncStarted()) {
			shorten(request.getAsyncContext(), told.remaining());
		}
	}

	/**
	 * Zero and less mean that there is no timeout.
	 */
	private static void shorten(AsyncContext async, Duration remaining) {
		long millis = Math.max(1, remaining.plusNanos(999_999).toMillis());
		if (async.getTimeout() <= 0 || async.getTimeout() > millis) {
			async.setTimeout(millis);
		}
	}

}
