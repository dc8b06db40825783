package io.asyncstarter.lifecycle;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.support.GenericApplicationContext;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.ExecutorShutDownException;
import io.asyncstarter.executor.OverloadPolicy;
import io.asyncstarter.executor.ThreadKind;
import io.asyncstarter.task.Subtask;
import io.asyncstarter.task.Tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class PhasedShutdownTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	private final BoundedExecutor executor = BoundedExecutor.builder("orders")
		.threads(ThreadKind.PLATFORM)
		.maxConcurrency(1)
		.queueCapacity(10)
		.whenFull(OverloadPolicy.REJECT)
		.build();

	private final List<ShutdownReport> reports = new CopyOnWriteArrayList<>();

	private GenericApplicationContext context(Duration gracePeriod, Duration cancelPeriod) {
		GenericApplicationContext context = new GenericApplicationContext();
		context.registerBean(PhasedShutdown.class,
				() -> new PhasedShutdown(() -> List.of(new ExecutorDrain(() -> List.of(this.executor))), gracePeriod,
						cancelPeriod));
		context.addApplicationListener(new ApplicationListener<PayloadApplicationEvent<ShutdownReport>>() {

			@Override
			public void onApplicationEvent(PayloadApplicationEvent<ShutdownReport> event) {
				PhasedShutdownTests.this.reports.add(event.getPayload());
			}

		});
		context.refresh();
		return context;
	}

	@Test
	void closeWaitsForRunningAndQueuedTasks(CapturedOutput output) throws Exception {
		GenericApplicationContext context = context(LONG, LONG);
		CountDownLatch gate = new CountDownLatch(1);
		AtomicInteger ended = new AtomicInteger();
		for (int i = 0; i < 5; i++) {
			this.executor.execute(() -> {
				await(gate);
				ended.incrementAndGet();
			});
		}
		FutureTask<?> closing = closing(context);
		assertThat(closing).isNotDone();
		gate.countDown();
		closing.get();

		assertThat(ended).hasValue(5);
		assertThat(this.executor.isTerminated()).isTrue();
		assertThat(output).contains("5 completed, 0 cancelled, 0 abandoned", "executor 'orders': 5 completed");
		assertThat(this.reports).singleElement().satisfies((report) -> {
			assertThat(report.completed()).isEqualTo(5);
			assertThat(report.cancelled() + report.abandoned()).isZero();
		});
	}

	@Test
	void whenGracePeriodIsOverThenRunningTasksAreInterruptedAndQueuedOnesCancelled(CapturedOutput output) {
		GenericApplicationContext context = context(Duration.ofMillis(20), LONG);
		AtomicBoolean interrupted = new AtomicBoolean();
		this.executor.execute(() -> interrupted.set(!await(new CountDownLatch(1))));
		var queued = this.executor.submit(() -> 1);

		context.close();

		assertThat(interrupted).isTrue();
		assertThat(queued).isCancelled();
		assertThat(output).contains("executor 'orders': 0 completed, 2 cancelled, 0 abandoned",
				"cancelled: a running task, ", "cancelled: 1 more", "at %s.await(".formatted(getClass().getName()));
		assertThat(this.reports.get(0).cancelled()).isEqualTo(2);
	}

	@Test
	void whenCancelPeriodIsOverThenTheRestIsLeftBehindAndNamed(CapturedOutput output) {
		GenericApplicationContext context = context(Duration.ZERO, Duration.ofMillis(20));
		CountDownLatch gate = new CountDownLatch(1);
		this.executor.execute(() -> {
			while (!await(gate)) {
				Thread.onSpinWait();
			}
		});
		try {
			context.close();

			assertThat(output).contains("executor 'orders': 0 completed, 0 cancelled, 1 abandoned",
					"abandoned: a running task, ", "on thread 'orders-");
			assertThat(this.reports.get(0).abandoned()).isEqualTo(1);
		}
		finally {
			gate.countDown();
		}
	}

	@Test
	void whenContextIsStoppedOrPausedAndNotClosedThenExecutorsGoOn() throws Exception {
		try (GenericApplicationContext context = context(LONG, LONG)) {
			context.stop();
			assertThat(this.executor.submit(() -> 1).get()).isEqualTo(1);
			context.start();
			context.pause();
			assertThat(this.executor.submit(() -> 2).get()).isEqualTo(2);
		}
		assertThat(this.executor.isTerminated()).isTrue();
	}

	@Test
	void whenAChildContextClosesThenExecutorsGoOn() throws Exception {
		try (GenericApplicationContext context = context(LONG, LONG)) {
			GenericApplicationContext child = new GenericApplicationContext(context);
			child.refresh();

			child.close();
			context.stop();

			assertThat(this.executor.submit(() -> 1).get()).isEqualTo(1);
		}
	}

	private static boolean await(CountDownLatch latch) {
		try {
			latch.await();
			return true;
		}
		catch (InterruptedException ex) {
			return false;
		}
	}

	/**
	 * Closes a context on another thread.
	 * @return the end of it; the executors are being drained already
	 */
	private static FutureTask<?> closing(GenericApplicationContext context) {
		FutureTask<?> closing = new FutureTask<>(context::close, null);
		Thread.ofPlatform().start(closing);
		Awaitility.await()
			.until(() -> Thread.getAllStackTraces()
				.entrySet()
				.stream()
				.filter((thread) -> thread.getKey().getName().equals("async-shutdown"))
				.flatMap((thread) -> Stream.of(thread.getValue()))
				.anyMatch((frame) -> frame.getMethodName().equals("awaitIdle")));
		return closing;
	}

	@Test
	void whenShutdownHasBegunThenOutsidersAreRefused() throws Exception {
		GenericApplicationContext context = context(LONG, LONG);
		CountDownLatch gate = new CountDownLatch(1);
		this.executor.execute(() -> await(gate));

		FutureTask<?> closing = closing(context);

		assertThatExceptionOfType(ExecutorShutDownException.class).isThrownBy(() -> this.executor.submit(() -> 1));
		gate.countDown();
		closing.get();
	}

	@Test
	void whenATaskNeedsAnotherExecutorThenThatStillTakesItsTasks() throws Exception {
		BoundedExecutor other = BoundedExecutor.builder("other").build();
		GenericApplicationContext context = new GenericApplicationContext();
		context.registerBean(PhasedShutdown.class,
				() -> new PhasedShutdown(() -> List.of(new ExecutorDrain(() -> List.of(other, this.executor))), LONG,
						LONG));
		context.refresh();
		CountDownLatch gate = new CountDownLatch(1);
		Future<Integer> result = this.executor.submit(() -> {
			await(gate);
			return other.submit(() -> 42).get();
		});

		FutureTask<?> closing = closing(context);
		gate.countDown();
		closing.get();

		assertThat(result.get()).isEqualTo(42);
		assertThat(other.isTerminated()).isTrue();
	}

	@Test
	void whenATaskOfAGroupNeedsAnExecutorThenThatStillTakesItsTasks() throws Exception {
		BoundedExecutor other = BoundedExecutor.builder("other").build();
		Tasks tasks = Tasks.create();
		GenericApplicationContext context = new GenericApplicationContext();
		context.registerBean(PhasedShutdown.class,
				() -> new PhasedShutdown(() -> List.of(new ExecutorDrain(() -> List.of(other, this.executor))), LONG,
						LONG));
		context.refresh();
		CountDownLatch gate = new CountDownLatch(1);
		Future<Integer> result = this.executor.submit(() -> {
			await(gate);
			return tasks.inGroup("group", (group) -> {
				Subtask<Integer> answer = group.fork("answer", () -> other.submit(() -> 42).get());
				group.join();
				return answer.get();
			});
		});

		FutureTask<?> closing = closing(context);
		gate.countDown();
		closing.get();

		assertThat(result.get()).isEqualTo(42);
	}

	@Test
	void stagesFollowEachOtherAndIntakeIsRefusedFirst() {
		List<String> steps = new CopyOnWriteArrayList<>();
		GenericApplicationContext context = new GenericApplicationContext();
		context.registerBean(PhasedShutdown.class,
				() -> new PhasedShutdown(
						() -> List.of(new Step(ShutdownStage.EXECUTORS, steps), new Step(ShutdownStage.TASKS, steps),
								new Step(ShutdownStage.INTAKE, steps), new Step(ShutdownStage.QUEUES, steps)),
						LONG, LONG));
		context.refresh();
		context.addApplicationListener((event) -> steps.add(event.getClass().getSimpleName()));

		context.close();

		assertThat(steps).containsSubsequence("INTAKE refuses", "ends INTAKE", "QUEUES refuses", "ends QUEUES",
				"TASKS refuses", "ends TASKS", "EXECUTORS refuses", "ends EXECUTORS", "PayloadApplicationEvent");
		assertThat(steps).doesNotContain("cancel EXECUTORS");
	}

	@Test
	void whenOneStepFailsThenTheOthersAreTakenAllTheSame(CapturedOutput output) {
		List<String> steps = new CopyOnWriteArrayList<>();
		GenericApplicationContext context = new GenericApplicationContext();
		context.registerBean(PhasedShutdown.class,
				() -> new PhasedShutdown(
						() -> List.of(new Step(ShutdownStage.QUEUES, null), new Step(ShutdownStage.TASKS, steps)), LONG,
						Duration.ZERO));
		context.refresh();

		context.close();

		assertThat(output).contains("A step of the shutdown failed");
		assertThat(steps).contains("ends TASKS");
	}

	@Test
	void whenTheGracePeriodIsOverThenLaterStagesAreCancelledTooWithinTheTotal() {
		GenericApplicationContext context = new GenericApplicationContext();
		CountDownLatch cancelled = new CountDownLatch(2);
		context.registerBean(PhasedShutdown.class, () -> new PhasedShutdown(
				() -> List.of(new Stuck(ShutdownStage.QUEUES, cancelled), new Stuck(ShutdownStage.TASKS, cancelled)),
				Duration.ofMillis(20), LONG));
		context.refresh();

		context.close();

		assertThat(cancelled.getCount()).isZero();
	}

	@Test
	void whenClosedTwiceThenItRunsOnce() throws Exception {
		GenericApplicationContext context = context(LONG, LONG);
		CountDownLatch gate = new CountDownLatch(1);
		this.executor.execute(() -> await(gate));

		FutureTask<?> closing = closing(context);
		FutureTask<?> again = new FutureTask<>(context::close, null);
		Thread.ofPlatform().start(again);
		gate.countDown();
		closing.get();
		again.get();

		assertThat(this.reports).singleElement().satisfies((report) -> assertThat(report.completed()).isEqualTo(1));
	}

	@Test
	void reportIsWrittenToTheFile(@TempDir Path directory) throws IOException {
		Path file = directory.resolve("below/report.txt");
		GenericApplicationContext context = context(LONG, LONG);
		context.addApplicationListener(new ShutdownReportFile(file));

		context.close();

		assertThat(file).content().startsWith("Shutdown took ").contains("0 completed, 0 cancelled, 0 abandoned");
	}

	/**
	 * Notes its steps, or fails at each.
	 */
	private record Step(ShutdownStage stage, @Nullable List<String> steps) implements ShutdownParticipant {

		private void note(String step) {
			if (this.steps == null) {
				throw new IllegalStateException("expected");
			}
			this.steps.add(step);
		}

		@Override
		public ShutdownStage getStage() {
			return this.stage;
		}

		@Override
		public void refuse() {
			note(this.stage + " refuses");
		}

		@Override
		public boolean awaitEnd(Duration atMost) {
			note("ends " + this.stage);
			return true;
		}

		@Override
		public List<ShutdownAccount> accounts() {
			return List.of();
		}

		@Override
		public void cancel() {
			note("cancel " + this.stage);
		}

	}

	/**
	 * Ends only when it is cancelled.
	 */
	private record Stuck(ShutdownStage stage, CountDownLatch cancelled) implements ShutdownParticipant {

		@Override
		public ShutdownStage getStage() {
			return this.stage;
		}

		@Override
		public void refuse() {
		}

		@Override
		public boolean awaitEnd(Duration atMost) throws InterruptedException {
			return this.cancelled.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
		}

		@Override
		public List<ShutdownAccount> accounts() {
			return List.of();
		}

		@Override
		public void cancel() {
			this.cancelled.countDown();
		}

	}

}
