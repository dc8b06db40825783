package io.asyncstarter.http;

import java.time.Duration;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.async.CallableProcessingInterceptor;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.DeferredResultProcessingInterceptor;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;

/**
 * Tells asynchronous work of Spring MVC that timed out because the deadline of its
 * request has passed from work that took too long by itself: the former fails with a
 * {@link DeadlineExceededException}.
 *
 * @since 0.1.0
 */
public final class DeadlineAsyncInterceptor
		implements CallableProcessingInterceptor, DeferredResultProcessingInterceptor {

	/**
	 * Creates an interceptor.
	 */
	public DeadlineAsyncInterceptor() {
	}

	@Override
	public <T> Object handleTimeout(NativeWebRequest request, Callable<T> task) {
		DeadlineExceededException failure = exceeded(request);
		return (failure != null) ? failure : CallableProcessingInterceptor.RESULT_NONE;
	}

	@Override
	public <T> boolean handleTimeout(NativeWebRequest request, DeferredResult<T> deferredResult) {
		DeadlineExceededException failure = exceeded(request);
		if (failure == null) {
			return true;
		}
		deferredResult.setErrorResult(failure);
		return false;
	}

	private static @Nullable DeadlineExceededException exceeded(NativeWebRequest request) {
		Object deadline = request.getAttribute(DeadlineServletFilter.DEADLINE_ATTRIBUTE,
				RequestAttributes.SCOPE_REQUEST);
		return (deadline instanceof Deadline told && told.isExpired())
				? new DeadlineExceededException("request", Duration.ZERO, Duration.ZERO, null) : null;
	}

}
