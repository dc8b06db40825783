package io.asyncstarter.sample.gallery;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Timings}.
 */
class TimingsTests {

	private final Timings timings = new Timings();

	@Test
	void percentileIsATimeThatWasMeasured() {
		add(10, 20, 30, 40, 1000);

		assertThat(this.timings.percentile(50)).isEqualTo(Duration.ofMillis(30));
		assertThat(this.timings.percentile(99)).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void meanOfLongestTakesOneAtLeast() {
		add(10, 20, 30, 40, 1000);

		assertThat(this.timings.meanOfLongest(1)).isEqualTo(Duration.ofSeconds(1));
		assertThat(this.timings.meanOfLongest(40)).isEqualTo(Duration.ofMillis(520));
		assertThat(new Timings().meanOfLongest(10)).isZero();
	}

	@Test
	void everyTimeIsInOneClass() {
		add(0, 9, 10, 25, 1000);

		assertThat(this.timings.classes(3, 10)).containsExactly(2, 1, 2);
	}

	private void add(long... millis) {
		for (long time : millis) {
			this.timings.add(Duration.ofMillis(time).toNanos());
		}
	}

}
