package io.asyncstarter.policy;

import java.util.random.RandomGenerator;

/**
 * How a backoff is spread at random, so that callers that failed together do not come
 * back together. After "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @since 0.1.0
 */
public enum Jitter {

	/**
	 * The backoff as computed.
	 */
	NONE {

		@Override
		long apply(long nanos, RandomGenerator random) {
			return nanos;
		}

	},

	/**
	 * Half of the backoff, and a random part of the other half.
	 */
	EQUAL {

		@Override
		long apply(long nanos, RandomGenerator random) {
			long half = nanos / 2;
			return nanos - half + ((half > 0) ? random.nextLong(half + 1) : 0);
		}

	},

	/**
	 * A random part of the backoff, from zero to all of it.
	 */
	FULL {

		@Override
		long apply(long nanos, RandomGenerator random) {
			return (nanos > 0 && nanos < Long.MAX_VALUE) ? random.nextLong(nanos + 1) : nanos;
		}

	};

	abstract long apply(long nanos, RandomGenerator random);

}
