package io.asyncstarter.benchmarks.deadline;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.Timeout;
import io.github.resilience4j.timelimiter.TimeLimiter;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * The ways to put a time limit of one second on a call that are compared.
 */
public enum TimeLimit {

	/**
	 * {@link DeadlineTimer} alone: arm, call, disarm.
	 */
	DEADLINE_TIMER {

		@Override
		LimitedCall open() {
			DeadlineTimer timer = DeadlineTimer.shared();
			long nanos = LIMIT.toNanos();
			return (work) -> {
				DeadlineTimer.Timeout timeout = timer.schedule(nanos, Thread.currentThread()::interrupt);
				Integer result = work.call();
				timeout.cancel();
				return result;
			};
		}

	},

	/**
	 * {@link Deadline#within}: a call that is interrupted when the time is up.
	 */
	DEADLINE_WITHIN {

		@Override
		LimitedCall open() {
			return (work) -> Deadline.within(LIMIT, work::call);
		}

	},

	/**
	 * Failsafe's {@link Timeout}, set to interrupt the call.
	 */
	FAILSAFE_TIMEOUT {

		@Override
		LimitedCall open() {
			FailsafeExecutor<Integer> executor = Failsafe.with(Timeout.<Integer>builder(LIMIT).withInterrupt().build());
			return (work) -> executor.get(work::call);
		}

	},

	/**
	 * Resilience4j's {@link TimeLimiter}, which needs the call to be on another thread:
	 * here a virtual one.
	 */
	RESILIENCE4J_TIME_LIMITER {

		@Override
		LimitedCall open() {
			TimeLimiter limiter = TimeLimiter.of(LIMIT);
			ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
			return (work) -> limiter.executeFutureSupplier(() -> executor.submit(work));
		}

	},

	/**
	 * {@link CompletableFuture#orTimeout}, which ends the wait of whoever joins the
	 * future, and interrupts nobody.
	 */
	OR_TIMEOUT {

		@Override
		LimitedCall open() {
			long nanos = LIMIT.toNanos();
			return (work) -> {
				CompletableFuture<Integer> future = new CompletableFuture<Integer>().orTimeout(nanos,
						TimeUnit.NANOSECONDS);
				future.complete(work.call());
				return future.join();
			};
		}

	};

	private static final Duration LIMIT = Duration.ofSeconds(1);

	abstract LimitedCall open();

	/**
	 * Makes calls that have a time limit.
	 */
	@FunctionalInterface
	interface LimitedCall {

		Integer call(Callable<Integer> work) throws Exception;

	}

}
