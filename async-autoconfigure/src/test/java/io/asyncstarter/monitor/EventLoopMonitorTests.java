package io.asyncstarter.monitor;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class EventLoopMonitorTests {

	private static final long THRESHOLD = TimeUnit.MILLISECONDS.toNanos(100);

	private static final Duration START_AFTER = Duration.ofSeconds(10);

	private final FakeLoop loop = new FakeLoop();

	private final List<Duration> lags = new ArrayList<>();

	private final List<MonitorFinding> found = new ArrayList<>();

	private long now = TimeUnit.DAYS.toNanos(1);

	private boolean atRest;

	private final Findings findings = new Findings(() -> this.now, InstantSource.system());

	private final EventLoopMonitor monitor = new EventLoopMonitor(Duration.ofNanos(THRESHOLD), START_AFTER,
			() -> this.now, this.findings, () -> (thread) -> this.atRest);

	EventLoopMonitorTests() {
		this.findings.add(new MonitorListener() {

			@Override
			public void eventLoopLag(String name, Duration lag) {
				EventLoopMonitorTests.this.lags.add(lag);
			}

			@Override
			public void found(MonitorFinding finding) {
				EventLoopMonitorTests.this.found.add(finding);
			}

		});
		this.monitor.register("http", this.loop);
		this.monitor.watch().begin(this.now - START_AFTER.toNanos());
	}

	private long check() {
		return this.monitor.watch().check(this.now, 0) - this.now;
	}

	/**
	 * Goes to the next time at which the monitor wants to look, and looks.
	 */
	private void next() {
		this.now += check();
	}

	private void pass(long millis) {
		this.now += TimeUnit.MILLISECONDS.toNanos(millis);
	}

	private EventLoopState state() {
		return this.monitor.getLoops().get(0);
	}

	private void answerOnce() {
		check();
		this.loop.runAll();
		next();
		this.loop.runAll();
		check();
	}

	@Test
	void whenLoopAnswersThenItsLagIsMeasuredAndNothingIsFound() {
		check();
		pass(30);
		this.loop.runAll();
		pass(20);
		check();

		assertThat(this.lags).containsExactly(Duration.ofMillis(30));
		assertThat(state().lastLag()).isEqualTo(Duration.ofMillis(30));
		assertThat(state().blockedFor()).isNull();
		assertThat(state().thread()).isEqualTo(Thread.currentThread().getName());
		assertThat(this.found).isEmpty();
	}

	@Test
	void whenLoopIsBlockedThenThatIsFoundWithinOneAndAHalfThresholds() {
		answerOnce();
		long begin = this.now;

		while (this.found.isEmpty()) {
			next();
		}

		assertThat(this.now - begin).isLessThanOrEqualTo(THRESHOLD + THRESHOLD / 2);
		assertThat(this.found.get(0).duration()).isGreaterThanOrEqualTo(Duration.ofNanos(THRESHOLD));
	}

	@Test
	void whenLoopIsBlockedThenTheStackOfItsThreadIsTakenMeanwhile(CapturedOutput output) {
		answerOnce();
		pass(100);
		check();

		MonitorFinding finding = this.found.get(0);
		assertThat(finding.ongoing()).isTrue();
		assertThat(finding.name()).isEqualTo("http");
		assertThat(finding.detail()).contains("thread '%s'".formatted(Thread.currentThread().getName()));
		assertThat(finding.stack()).extracting(StackTraceElement::getClassName).contains(getClass().getName());
		assertThat(output).contains("Event loop 'http' has been blocked for 100 ms at ");
	}

	@Test
	void whenLoopWaitsForEventsThenNobodyIsBlamedForALateHeartbeat() throws Exception {
		EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
		try {
			Thread thread = group.submit(Thread::currentThread).get();
			Awaitility.await().until(() -> Stacks.isWaitingForEvents(thread.getStackTrace()));
			Queue<Executor> executors = new ArrayDeque<>(List.of(group));
			// the first heartbeat is answered, the next one is on its way for ever
			this.monitor.register("idle", List.of((task) -> executors.remove().execute(task)));
			executors.add((task) -> {
			});
			check();
			Awaitility.await().until(() -> Stacks.isWaitingForEvents(thread.getStackTrace()));
			pass(50);
			this.loop.runAll();
			check();
			pass(50);
			this.loop.runAll();
			check();
			pass(100);
			this.loop.runAll();
			check();

			assertThat(this.monitor.getLoops()).extracting(EventLoopState::thread).contains(thread.getName());
			assertThat(this.found).extracting(MonitorFinding::name).doesNotContain("idle");
		}
		finally {
			group.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS).syncUninterruptibly();
		}
	}

	@Test
	void whenLoopIsLateWhileTheApplicationStartsThenThatIsMeasuredAndNothingIsFound() {
		this.monitor.watch().begin(this.now);
		answerOnce();
		pass(300);
		check();
		pass(50);
		this.loop.runAll();
		check();

		assertThat(state().longestLag()).isEqualTo(Duration.ofMillis(350));
		assertThat(this.found).isEmpty();
	}

	@Test
	void whenTheApplicationIsReadyLateThenTheTimeBeginsAnew() {
		this.monitor.watch().ready(this.now);
		answerOnce();
		pass(300);
		check();

		assertThat(this.found).isEmpty();

		this.now += START_AFTER.toNanos();
		check();

		assertThat(this.found).hasSize(1);
	}

	@Test
	void whenLoopIsStillBlockedAfterTheStartThenItIsFound() {
		this.monitor.watch().begin(this.now);
		answerOnce();
		while (this.found.isEmpty()) {
			long before = this.now;
			next();
			assertThat(this.now).isGreaterThan(before);
		}

		assertThat(this.found).singleElement().satisfies((finding) -> {
			assertThat(finding.ongoing()).isTrue();
			assertThat(finding.duration()).isBetween(START_AFTER.minusSeconds(1), START_AFTER.plusSeconds(1));
		});
	}

	@Test
	void whileLoopIsBlockedThenItIsFoundOnceAndItsStateSaysForHowLong() {
		answerOnce();
		pass(100);
		check();
		pass(400);
		check();

		assertThat(this.found).hasSize(1);
		assertThat(this.loop.waiting()).isEqualTo(1);
		assertThat(state().blockedFor()).isEqualTo(Duration.ofMillis(500));
		assertThat(state().blockages()).isEqualTo(1);
	}

	@Test
	void whenLoopGoesOnThenTheFindingHasItsWholeDuration() {
		answerOnce();
		pass(100);
		check();
		pass(150);
		this.loop.runAll();
		check();

		assertThat(state().blockedFor()).isNull();
		assertThat(this.monitor.getFindings()).singleElement().satisfies((finding) -> {
			assertThat(finding.ongoing()).isFalse();
			assertThat(finding.duration()).isEqualTo(Duration.ofMillis(250));
		});
	}

	@Test
	void whenLoopGoesOnBeforeItIsLookedAtThenThatIsFoundWithoutAStack() {
		answerOnce();
		pass(120);
		this.loop.runAll();
		check();

		assertThat(this.found).singleElement().satisfies((finding) -> {
			assertThat(finding.stack()).isEmpty();
			assertThat(finding.ongoing()).isFalse();
		});
	}

	@Test
	void whenTheWholeMachinePausesThenNoLoopIsBlamed() {
		answerOnce();
		pass(500);
		this.monitor.watch().check(this.now, TimeUnit.MILLISECONDS.toNanos(455));

		assertThat(this.found).isEmpty();
	}

	@Test
	void whenLoopIsAtRestThenItIsLeftAloneExceptEveryTwoSeconds() {
		answerOnce();
		this.loop.runAll();
		this.atRest = true;
		next();
		next();
		assertThat(this.loop.waiting()).isZero();

		pass(2000);
		check();

		assertThat(this.loop.waiting()).isEqualTo(1);
	}

	@Test
	void whenLoopLeavesItsRestAndBlocksThenThatIsFoundWithinOneAndAHalfThresholds() {
		answerOnce();
		this.loop.runAll();
		this.atRest = true;
		next();
		long begin = this.now;
		check();
		this.atRest = false;

		while (this.found.isEmpty()) {
			next();
		}

		assertThat(this.now - begin).isLessThanOrEqualTo(THRESHOLD + THRESHOLD / 2);
	}

	@Test
	void whenTheSameCauseComesAgainThenItIsLoggedOnceAMinute(CapturedOutput output) {
		for (int i = 0; i < 3; i++) {
			block();
		}
		assertThat(output.toString().split("Event loop 'http' has been blocked", -1)).hasSize(2);

		pass(60_000);
		block();

		assertThat(output).contains("the same happened 2 more times since it was last logged");
		assertThat(this.found).hasSize(4);
	}

	private void block() {
		this.loop.runAll();
		check();
		this.loop.runAll();
		check();
		pass(100);
		check();
	}

	@Test
	void findingsAreBounded() {
		for (int i = 0; i < Findings.MAX_KEPT + 5; i++) {
			block();
		}

		assertThat(this.monitor.getFindings()).hasSize(Findings.MAX_KEPT);
		assertThat(this.findings.count(FindingKind.EVENT_LOOP_BLOCKED)).isEqualTo(Findings.MAX_KEPT + 5);
	}

	@Test
	void whenLoopIsShutDownThenItIsForgotten() {
		answerOnce();
		this.loop.runAll();
		this.loop.shutdown();
		next();
		next();

		assertThat(this.monitor.getLoops()).isEmpty();
	}

	@Test
	void whenRegisteredTwiceThenLoopIsWatchedOnce() {
		this.monitor.register("other", this.loop);

		assertThat(this.monitor.getLoops()).singleElement().extracting(EventLoopState::name).isEqualTo("http");
	}

	@Test
	void whenAGroupIsRegisteredThenItsLoopsAreNumbered() {
		this.monitor.register("grpc", List.of(new FakeLoop(), new FakeLoop()));

		assertThat(this.monitor.getLoops()).extracting(EventLoopState::name)
			.containsExactly("http", "grpc-1", "grpc-2");
	}

	@Test
	void whenUnregisteredThenLoopIsForgotten() {
		this.monitor.unregister(this.loop);

		assertThat(this.monitor.getLoops()).isEmpty();
	}

	@Test
	void whenListenerFailsThenOthersAreToldAllTheSame() {
		this.findings.add(new MonitorListener() {

			@Override
			public void eventLoopLag(String name, Duration lag) {
				throw new IllegalStateException("expected");
			}

		});
		List<String> told = new ArrayList<>();
		this.findings.add(new MonitorListener() {

			@Override
			public void eventLoopLag(String name, Duration lag) {
				told.add(name);
			}

		});

		answerOnce();

		assertThat(told).contains("http");
	}

}
