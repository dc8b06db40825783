package io.asyncstarter.sample.gallery;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Recorder}.
 */
@Timeout(30)
class RecorderTests {

	private final AtomicLong clock = new AtomicLong();

	private final Recorder recorder = new Recorder(1000, this.clock::get);

	@Test
	void eventsAreStampedInMicrosecondsSinceTheStart() {
		this.clock.set(5_000_000);
		this.recorder.start();
		Lane lane = this.recorder.lane("", "task").queued();
		this.clock.set(5_250_000);
		lane.running(null);

		this.recorder.end(RunState.DONE);

		StepVerifier.create(this.recorder.events().map(RunEvent::at)).expectNext(0L, 250L, 250L).verifyComplete();
	}

	@Test
	void piecesOfATaskHaveOutcomesOfTheirOwn() throws Exception {
		Lane lane = this.recorder.lane("", "task");
		assertThatIllegalStateException().isThrownBy(() -> lane.piece("attempt 1", () -> {
			throw new IllegalStateException("not now");
		}));
		lane.waiting("100 ms");
		lane.piece("attempt 2", () -> "value");
		lane.idle();
		lane.done();

		this.recorder.end(RunState.DONE);

		assertThat(changes()).extracting(RunEvent.LaneChange::state)
			.containsExactly(TaskState.RUNNING, TaskState.WAITING, TaskState.RUNNING, TaskState.IDLE, TaskState.DONE);
		assertThat(changes()).extracting(RunEvent.LaneChange::outcome)
			.containsExactly(null, TaskState.FAILED, null, TaskState.DONE, null);
		assertThat(this.recorder.counts("").done()).isOne();
		assertThat(this.recorder.counts("").failed()).isZero();
	}

	@Test
	void whenWorkThatIsTrackedFailsThenTaskHas() {
		Lane lane = this.recorder.lane("", "task").waiting("for a token");

		assertThatIllegalStateException().isThrownBy(() -> lane.track(() -> {
			throw new IllegalStateException("no token");
		}));
		StepVerifier.create(this.recorder.lane("", "other").waiting("for a permit").track(Mono.never()))
			.thenCancel()
			.verify();

		assertThat(this.recorder.counts("").failed()).isOne();
		assertThat(this.recorder.counts("").cancelled()).isOne();
	}

	@Test
	void timeThatATaskIsGivenEndsInTheFuture() {
		this.recorder.start();
		this.clock.set(2_000_000);
		this.recorder.lane("", "task").running(null).due(Duration.ofMillis(5));

		this.recorder.end(RunState.DONE);

		assertThat(events()).filteredOn(RunEvent.Due.class::isInstance)
			.containsExactly(new RunEvent.Due(1, 2000, 0, 7000));
	}

	@Test
	void everyoneSeesEveryEventWheneverTheyCome() {
		this.recorder.lane("", "first").running(null).done();
		StepVerifier.Step<RunEvent> early = StepVerifier.create(this.recorder.events()).expectNextCount(2);

		early.then(() -> {
			this.recorder.lane("", "second").running(null).done();
			this.recorder.end(RunState.DONE);
		}).expectNextCount(3).verifyComplete();

		StepVerifier.create(this.recorder.events().map(RunEvent::seq)).expectNext(0L, 1L, 2L, 3L, 4L).verifyComplete();
	}

	@Test
	void eventsOfManyThreadsAreNumberedInTheOrderInWhichTheyArrive() throws InterruptedException {
		Recorder busy = new Recorder(100_000, System::nanoTime);
		int threads = 8;
		int lanes = 500;
		CountDownLatch ready = new CountDownLatch(threads);
		try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
			for (int i = 0; i < threads; i++) {
				executor.execute(() -> {
					ready.countDown();
					for (int lane = 0; lane < lanes; lane++) {
						busy.lane("", "task").queued().running(null).done();
					}
				});
			}
			assertThat(ready.await(10, TimeUnit.SECONDS)).isTrue();
		}
		busy.end(RunState.DONE);

		List<RunEvent> events = List.copyOf(busy.events().collectList().blockOptional().orElseThrow());

		assertThat(events).hasSize(threads * lanes * 3 + 1);
		assertThat(events).extracting(RunEvent::at).isSorted();
		for (int i = 0; i < events.size(); i++) {
			assertThat(events.get(i).seq()).isEqualTo(i);
		}
		assertThat(busy.counts("").done()).isEqualTo(threads * lanes);
	}

	@Test
	void whenThereAreTooManyEventsThenNewLanesAreCountedButNotRecorded() {
		Recorder small = new Recorder(2, this.clock::get);
		Lane recorded = small.lane("", "recorded").queued().running(null);
		small.lane("", "late").queued().running(null).done();
		small.record((seq, at) -> new RunEvent.Note(seq, at, "late"));
		recorded.done();

		small.end(RunState.DONE);

		List<RunEvent> events = small.events().collectList().blockOptional().orElseThrow();
		assertThat(events).filteredOn(RunEvent.LaneChange.class::isInstance)
			.extracting((event) -> ((RunEvent.LaneChange) event).state())
			.containsExactly(TaskState.QUEUED, TaskState.RUNNING, TaskState.DONE);
		assertThat(events.getLast()).isEqualTo(new RunEvent.End(3, 0, RunState.DONE, 4));
		assertThat(small.counts("").total()).isEqualTo(2);
	}

	@Test
	void whenEndedThenNothingFollows() {
		this.recorder.end(RunState.FAILED);

		this.recorder.lane("", "late").running(null);
		this.recorder.end(RunState.DONE);

		StepVerifier.create(this.recorder.events())
			.expectNext(new RunEvent.End(0, 0, RunState.FAILED, 0))
			.verifyComplete();
	}

	@Test
	void whenLaneHasEndedThenItStaysSo() {
		Lane lane = this.recorder.lane("", "task").running(null);
		lane.cancelled("enough");

		lane.done();

		assertThat(lane.state()).isEqualTo(TaskState.CANCELLED);
		assertThat(this.recorder.counts("").done()).isZero();
	}

	@Test
	void peakIsTheMostLanesThatRanAtOnce() {
		Lane first = this.recorder.lane("", "first").running(null);
		Lane second = this.recorder.lane("", "second").running(null);
		first.done();
		second.waiting("a permit");
		this.recorder.lane("", "third").running(null);

		assertThat(this.recorder.counts("").peakRunning()).isEqualTo(2);
	}

	private List<RunEvent> events() {
		return this.recorder.events().collectList().blockOptional(Duration.ofSeconds(20)).orElseThrow();
	}

	private List<RunEvent.LaneChange> changes() {
		return events().stream()
			.filter(RunEvent.LaneChange.class::isInstance)
			.map(RunEvent.LaneChange.class::cast)
			.toList();
	}

}
