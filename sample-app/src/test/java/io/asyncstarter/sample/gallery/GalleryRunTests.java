package io.asyncstarter.sample.gallery;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GalleryRun}.
 */
@Timeout(30)
class GalleryRunTests {

	private final SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("test-");

	private final CountDownLatch never = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.executor.close();
	}

	@Test
	void whenPatternReturnsThenResultIsTheOutcome() {
		RunResult result = RunResult.builder().headline("all fine").build();

		GalleryRun run = start((ignored) -> result);

		assertThat(ended(run)).isEqualTo(RunState.DONE);
		assertThat(run.outcome().result()).isEqualTo(result);
	}

	@Test
	void whenPatternThrowsThenErrorIsTheOutcome() {
		GalleryRun run = start((ignored) -> {
			throw new IllegalStateException("no luck");
		});

		assertThat(ended(run)).isEqualTo(RunState.FAILED);
		assertThat(run.outcome().error()).contains("no luck");
	}

	@Test
	void whenPatternFailsThenTasksItLeftAreCancelled() {
		AtomicBoolean interrupted = new AtomicBoolean();
		CountDownLatch begun = new CountDownLatch(1);

		GalleryRun run = start((patternRun) -> {
			Future<?> left = patternRun.submit(this.executor, "left behind", () -> {
				begun.countDown();
				try {
					this.never.await();
				}
				catch (InterruptedException ex) {
					interrupted.set(true);
					throw ex;
				}
				return null;
			});
			begun.await();
			throw new IllegalStateException("no luck before " + left.isDone());
		});

		assertThat(ended(run)).isEqualTo(RunState.FAILED);
		assertThat(interrupted).isTrue();
		assertThat(run.recorder().counts("").cancelled()).isOne();
		assertThat(events(run)).last().isInstanceOf(RunEvent.End.class);
	}

	@Test
	void whenCancelledThenPatternIsInterrupted() throws InterruptedException {
		CountDownLatch begun = new CountDownLatch(1);
		GalleryRun run = start((ignored) -> {
			begun.countDown();
			this.never.await();
			throw new AssertionError("cannot be reached");
		});
		begun.await();

		run.cancel();

		assertThat(ended(run)).isEqualTo(RunState.CANCELLED);
	}

	@Test
	void whenCancelledBeforeItBeganThenPatternNeverRuns() {
		AtomicBoolean ran = new AtomicBoolean();
		GalleryRun run = create((ignored) -> {
			ran.set(true);
			return RunResult.builder().build();
		});
		run.cancel();

		run.execute();

		assertThat(ended(run)).isEqualTo(RunState.CANCELLED);
		assertThat(ran).isFalse();
	}

	private GalleryRun start(Work work) {
		GalleryRun run = create(work);
		run.submitted(this.executor.submit(run::execute));
		return run;
	}

	private static GalleryRun create(Work work) {
		Pattern pattern = new Pattern() {

			@Override
			public PatternInfo info() {
				return PatternInfo.of("B1", "Test").build();
			}

			@Override
			public RunResult run(PatternRun run) throws Exception {
				return work.run(run);
			}

		};
		return new GalleryRun("test", pattern, ParameterValues.of(List.of(), Map.of()),
				new Recorder(1000, System::nanoTime));
	}

	private static @Nullable RunState ended(GalleryRun run) {
		return run.finished().map((finished) -> finished.outcome().state()).block(Duration.ofSeconds(20));
	}

	private static List<RunEvent> events(GalleryRun run) {
		return run.recorder().events().collectList().blockOptional(Duration.ofSeconds(20)).orElseThrow();
	}

	private interface Work {

		RunResult run(PatternRun run) throws Exception;

	}

}
