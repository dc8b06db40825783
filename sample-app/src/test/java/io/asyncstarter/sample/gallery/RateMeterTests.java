package io.asyncstarter.sample.gallery;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RateMeter}.
 */
@Timeout(30)
class RateMeterTests {

	private final Recorder recorder = new Recorder(1000, System::nanoTime);

	private final PatternRun run = new PatternRun("test", ParameterValues.of(List.of(), Map.of()), this.recorder);

	@Test
	void rateIsDrawnUntilItIsClosed() {
		RateMeter meter = this.run.rate("calls a second", "made", Duration.ofMillis(10));
		for (int i = 0; i < 100; i++) {
			meter.count();
		}

		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.until(() -> this.recorder.events()
				.ofType(RunEvent.Gauge.class)
				.take(Duration.ofMillis(20))
				.any((point) -> point.value() > 0)
				.block());
		meter.close();
		this.recorder.end(RunState.DONE);

		assertThat(meter.total()).isEqualTo(100);
		List<RunEvent> events = this.recorder.events()
			.collectList()
			.blockOptional(Duration.ofSeconds(10))
			.orElseThrow();
		assertThat(events).filteredOn(RunEvent.Gauge.class::isInstance).allSatisfy((event) -> {
			RunEvent.Gauge point = (RunEvent.Gauge) event;
			assertThat(point.chart()).isEqualTo("calls a second");
			assertThat(point.shape()).isEqualTo(Shape.LINE);
			// a hundred in five milliseconds at least
			assertThat(point.value()).isBetween(0.0, 20_000.0);
		});
	}

}
