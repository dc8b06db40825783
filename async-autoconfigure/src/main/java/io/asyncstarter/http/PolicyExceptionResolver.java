package io.asyncstarter.http;

import java.io.IOException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Answers requests of Spring MVC that failed by a rejection or a timeout of ours, the way
 * that {@link PolicyWebExceptionHandler} does. It is asked last, so each handler of the
 * application comes first.
 *
 * @since 0.1.0
 */
public final class PolicyExceptionResolver implements HandlerExceptionResolver, Ordered {

	private static final Log logger = LogFactory.getLog(PolicyExceptionResolver.class);

	/**
	 * Creates a resolver.
	 */
	public PolicyExceptionResolver() {
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception failure) {
		HttpProblem problem = HttpProblem.of(failure);
		if (problem == null || response.isCommitted()) {
			return null;
		}
		try {
			ProblemResponse.write(response, problem);
			return new ModelAndView();
		}
		catch (IOException | IllegalStateException ex) {
			logger.debug("The answer could not be written", ex);
			return null;
		}
	}

}
