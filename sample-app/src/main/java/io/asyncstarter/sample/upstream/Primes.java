package io.asyncstarter.sample.upstream;

/**
 * Work for a processor: counts primes the slow way.
 *
 * @since 0.1.0
 */
public final class Primes {

	private Primes() {
	}

	/**
	 * Count the primes below a number.
	 * @param limit the number
	 * @return how many primes are less than it
	 * @throws InterruptedException if the thread was interrupted before the end
	 */
	public static int below(int limit) throws InterruptedException {
		int count = (limit > 2) ? 1 : 0;
		for (int candidate = 3; candidate < limit; candidate += 2) {
			if (isPrime(candidate)) {
				count++;
			}
			if (Thread.interrupted()) {
				throw new InterruptedException("Interrupted at " + candidate);
			}
		}
		return count;
	}

	private static boolean isPrime(int odd) {
		for (int divisor = 3; (long) divisor * divisor <= odd; divisor += 2) {
			if (odd % divisor == 0) {
				return false;
			}
		}
		return true;
	}

}
