package io.asyncstarter.benchmarks.policy;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.Timeout;
import io.github.resilience4j.timelimiter.TimeLimiter;

import io.asyncstarter.policy.Policy;

/**
 * The ways to put a timeout, and nothing else, around a call that are compared.
 */
public enum SyncTimeout {

	/**
	 * {@link Policy} of a timeout: the call is interrupted on the caller's thread.
	 */
	POLICY {

		@Override
		Callable<Integer> open(Callable<Integer> work) {
			Policy policy = Policy.builder("timeout").timeout(Strategies.TIMEOUT).build();
			return () -> policy.call(work);
		}

	},

	/**
	 * Failsafe's {@link Timeout}, set to interrupt the call.
	 */
	FAILSAFE {

		@Override
		Callable<Integer> open(Callable<Integer> work) {
			FailsafeExecutor<Integer> executor = Failsafe
				.with(Timeout.<Integer>builder(Strategies.TIMEOUT).withInterrupt().build());
			return () -> executor.get(work::call);
		}

	},

	/**
	 * Resilience4j's {@link TimeLimiter}, which needs the call to be on another thread:
	 * here a virtual one.
	 */
	RESILIENCE4J {

		@Override
		Callable<Integer> open(Callable<Integer> work) {
			TimeLimiter limiter = TimeLimiter.of(Strategies.TIMEOUT);
			ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
			return () -> limiter.executeFutureSupplier(() -> executor.submit(work));
		}

	};

	abstract Callable<Integer> open(Callable<Integer> work);

}
