package io.asyncstarter.queue;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * Whatever happens to a queue, each item that was accepted is processed once, becomes a
 * dead letter once, or is returned once; see {@link Conservation}.
 */
@Timeout(120)
class ConservationTests {

	private static final Log logger = LogFactory.getLog(ConservationTests.class);

	private static final long SECONDS = Long.getLong("conservation.seconds", 8);

	private static final int ITEMS = 20_000;

	@Test
	void everyAcceptedItemEndsOnce() {
		long first = Long.getLong("conservation.seed", ThreadLocalRandom.current().nextLong());
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
		long operations = 0;
		int rounds = 0;
		while (rounds == 0 || System.nanoTime() < end) {
			long seed = first + rounds++;
			long[] count = { 0 };
			assertThatCode(() -> count[0] = new Conservation(seed, ITEMS).run())
				.as("round %d; again by -Dconservation.seed=%d", rounds, seed)
				.doesNotThrowAnyException();
			operations += count[0];
		}
		logger.info("%d operations in %d rounds from seed %d".formatted(operations, rounds, first));
	}

}
