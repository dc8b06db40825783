package io.asyncstarter.monitor;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class VirtualThreadWatchTests {

	private static final Duration START_AFTER = Duration.ofSeconds(10);

	private final FakeLoop scheduler = new FakeLoop();

	private final List<Duration> lags = new ArrayList<>();

	private long now = TimeUnit.DAYS.toNanos(1);

	private final Findings findings = new Findings(() -> this.now, InstantSource.system());

	private final VirtualThreadWatch watch = new VirtualThreadWatch(Duration.ofMillis(200), START_AFTER, () -> this.now,
			this.findings, this.scheduler);

	VirtualThreadWatchTests() {
		this.findings.add(new MonitorListener() {

			@Override
			public void virtualThreadLag(Duration lag) {
				VirtualThreadWatchTests.this.lags.add(lag);
			}

		});
		this.watch.begin(this.now - START_AFTER.toNanos());
	}

	private long check() {
		return this.watch.check(this.now, 0);
	}

	@Test
	void whenVirtualThreadsRunThenOneIsStartedEachSecond() {
		for (int i = 0; i < 10; i++) {
			long next = check();
			this.scheduler.runAll();
			this.now = next;
		}

		assertThat(this.lags).hasSize(5).containsOnly(Duration.ZERO);
		assertThat(this.findings.count(FindingKind.VIRTUAL_THREADS_STARVED)).isZero();
	}

	@Test
	void whenAVirtualThreadDoesNotRunThenThatIsFoundMeanwhile(CapturedOutput output) {
		this.now = check();
		check();

		assertThat(this.findings.last(FindingKind.VIRTUAL_THREADS_STARVED)).singleElement()
			.satisfies((finding) -> assertThat(finding.ongoing()).isTrue());
		assertThat(output).contains("A virtual thread that is ready to run has waited for a processor for 200 ms");

		this.now += TimeUnit.MILLISECONDS.toNanos(300);
		this.scheduler.runAll();
		check();

		assertThat(this.lags).containsExactly(Duration.ofMillis(500));
		assertThat(this.findings.last(FindingKind.VIRTUAL_THREADS_STARVED)).singleElement()
			.satisfies((finding) -> assertThat(finding.ongoing()).isFalse());
	}

	@Test
	void whenAVirtualThreadIsLateWhileTheApplicationStartsThenThatIsMeasuredAndNothingIsFound() {
		this.watch.ready(this.now);
		this.now = check();
		check();
		this.now += TimeUnit.MILLISECONDS.toNanos(300);
		this.scheduler.runAll();
		check();

		assertThat(this.lags).containsExactly(Duration.ofMillis(500));
		assertThat(this.findings.count(FindingKind.VIRTUAL_THREADS_STARVED)).isZero();
	}

}
