package io.asyncstarter.policy;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.BriefLock;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Attempts of a call that follow each other, none of which blocks; between them, no
 * thread waits.
 *
 * @param <T> the type of the result
 */
final class AsyncRetry<T> extends BriefLock implements AsyncStep, AsyncCallback<T> {

	/*
	 * Mutable fields are guarded by the lock, except that 'attempts' and 'earlier' belong
	 * to the one who handles the end of the current attempt.
	 */

	private final AsyncCall<T> call;

	private final RetryStrategy strategy;

	private int attempts;

	private @Nullable Throwable earlier;

	private boolean cancelled;

	private volatile boolean committed;

	private @Nullable AsyncStep current;

	private DeadlineTimer.@Nullable Timeout backoff;

	AsyncRetry(AsyncCall<T> call, RetryStrategy strategy) {
		this.call = call;
		this.strategy = strategy;
	}

	@Override
	public void start() {
		this.attempts++;
		AsyncStep next = this.call.newAttempt(this, this.attempts);
		acquire();
		try {
			if (this.cancelled) {
				return;
			}
			this.current = next;
			this.backoff = null;
		}
		finally {
			release();
		}
		next.start();
	}

	@Override
	public void succeeded(@Nullable T result) {
		long delay = (!this.committed && this.strategy.isUnwanted(result))
				? this.strategy.next(this.attempts, null, this.call.deadline()) : RetryStrategy.STOP;
		if (delay >= 0) {
			startAfter(delay);
			return;
		}
		this.strategy.succeeded(this.attempts);
		this.call.attempts(this.attempts);
		this.call.succeeded(result);
	}

	@Override
	public void failed(Throwable failure) {
		long delay = (this.committed) ? RetryStrategy.STOP
				: this.strategy.next(this.attempts, failure, this.call.deadline(), this.call.repeatability());
		if (this.earlier != null) {
			for (Throwable first : this.earlier.getSuppressed()) {
				Failures.suppress(failure, first);
			}
			Failures.suppress(failure, this.earlier);
		}
		if (delay >= 0) {
			this.earlier = failure;
			startAfter(delay);
			return;
		}
		this.call.failed(failure);
	}

	private void startAfter(long delay) {
		Runnable resume = () -> this.call.resumer().execute(this::start);
		acquire();
		try {
			if (this.cancelled) {
				return;
			}
			if (delay > 0) {
				this.backoff = this.call.pipeline().timer.schedule(delay, resume);
				return;
			}
		}
		finally {
			release();
		}
		resume.run();
	}

	@Override
	public boolean committed() {
		this.committed = true;
		return this.call.committed();
	}

	@Override
	public void cancel() {
		AsyncStep step;
		acquire();
		try {
			this.cancelled = true;
			step = this.current;
			if (this.backoff != null) {
				this.backoff.cancel();
				this.backoff = null;
			}
		}
		finally {
			release();
		}
		if (step != null) {
			step.cancel();
		}
	}

}
