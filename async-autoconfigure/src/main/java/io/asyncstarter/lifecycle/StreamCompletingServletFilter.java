package io.asyncstarter.lifecycle;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Completes streams of events, and of JSON line by line, when the application closes:
 * whatever a servlet, a controller or a function goes on with asynchronously after it has
 * set such a content type. Connections that are kept for further requests are closed
 * then.
 *
 * @since 0.1.0
 */
public final class StreamCompletingServletFilter extends OncePerRequestFilter implements Ordered {

	private final OpenServletStreams openStreams;

	/**
	 * Creates a filter.
	 * @param openStreams knows when the application closes
	 */
	public StreamCompletingServletFilter(OpenServletStreams openStreams) {
		this.openStreams = openStreams;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (this.openStreams.isClosed()) {
			response.setHeader(HttpHeaders.CONNECTION, "close");
		}
		chain.doFilter(request, response);
		if (request.isAsyncStarted() && StreamTypes.isStream(mediaType(response.getContentType()))) {
			this.openStreams.opened(request.getAsyncContext());
		}
	}

	private static @Nullable MediaType mediaType(@Nullable String contentType) {
		try {
			return (contentType != null) ? MediaType.parseMediaType(contentType) : null;
		}
		catch (InvalidMediaTypeException ex) {
			return null;
		}
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * A stream may be what comes of a first asynchronous step.
	 */
	@Override
	protected boolean shouldNotFilterAsyncDispatch() {
		return false;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
