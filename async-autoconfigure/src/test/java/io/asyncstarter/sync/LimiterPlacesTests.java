package io.asyncstarter.sync;

import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@link LimiterPlaces} against {@link LimiterModel} in random sequences; the
 * interleavings are {@link SyncLincheckTests}'.
 */
class LimiterPlacesTests {

	@Test
	void placesDoWhatTheModelDoes() {
		for (int seed = 0; seed < 500; seed++) {
			Random random = new Random(seed);
			LimiterHarness places = new LimiterHarness();
			LimiterModel model = new LimiterModel();
			for (int step = 0; step < 60; step++) {
				int thread = random.nextInt(LimiterHarness.THREADS);
				int operation = random.nextInt(5);
				Object actual = apply(places, operation, thread);

				assertThat(actual).as("seed %d, step %d", seed, step).isEqualTo(apply(model, operation, thread));
				assertThat(places.figures()).as("seed %d, step %d", seed, step).isEqualTo(model.figures());
			}
		}
	}

	private static Object apply(LimiterHarness places, int operation, int argument) {
		return switch (operation) {
			case 0 -> places.enter(argument);
			case 1 -> places.tryEnter(argument);
			case 2 -> places.leave(argument);
			case 3 -> places.withdraw(argument);
			default -> {
				places.limit(1 + argument);
				yield argument;
			}
		};
	}

	private static Object apply(LimiterModel model, int operation, int argument) {
		return switch (operation) {
			case 0 -> model.enter(argument);
			case 1 -> model.tryEnter(argument);
			case 2 -> model.leave(argument);
			case 3 -> model.withdraw(argument);
			default -> {
				model.limit(1 + argument);
				yield argument;
			}
		};
	}

}
