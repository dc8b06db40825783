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
import io.asyncstarter.deadline.Interruption;

/**
 * Tells asynchronous work of Spring MVC that timed out, or was interrupted, because the
 * deadline of its request has passed from work that took too long by itself: the former
 * fails with a {@link DeadlineExceededException}.
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
		DeadlineExceededException failure = exceeded(request, null);
		return (failure != null) ? failure : CallableProcessingInterceptor.RESULT_NONE;
	}

	@Override
	public <T> boolean handleTimeout(NativeWebRequest request, DeferredResult<T> deferredResult) {
		DeadlineExceededException failure = exceeded(request, null);
		if (failure == null) {
			return true;
		}
		deferredResult.setErrorResult(failure);
		return false;
	}

	@Override
	public <T> void postProcess(NativeWebRequest request, Callable<T> task, @Nullable Object concurrentResult) {
		throwIfInterrupted(request, concurrentResult);
	}

	@Override
	public <T> void postProcess(NativeWebRequest request, DeferredResult<T> deferredResult,
			@Nullable Object concurrentResult) {
		throwIfInterrupted(request, concurrentResult);
	}

	/**
	 * An executor that carries the deadline interrupts the work before the container
	 * notices that the time is up.
	 */
	private static void throwIfInterrupted(NativeWebRequest request, @Nullable Object result) {
		if (result instanceof Throwable failure && Interruption.in(failure) != Interruption.ABSENT) {
			DeadlineExceededException exceeded = exceeded(request, failure);
			if (exceeded != null) {
				throw exceeded;
			}
		}
	}

	private static @Nullable DeadlineExceededException exceeded(NativeWebRequest request, @Nullable Throwable cause) {
		Object deadline = request.getAttribute(DeadlineServletFilter.DEADLINE_ATTRIBUTE,
				RequestAttributes.SCOPE_REQUEST);
		return (deadline instanceof Deadline told && told.isExpired())
				? new DeadlineExceededException("request", Duration.ZERO, Duration.ZERO, cause) : null;
	}

}
