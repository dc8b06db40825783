package io.asyncstarter.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.support.GenericApplicationContext;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.OverloadPolicy;
import io.asyncstarter.executor.ThreadKind;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class ExecutorDrainTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	private final BoundedExecutor executor = BoundedExecutor.builder("orders")
		.threads(ThreadKind.PLATFORM)
		.maxConcurrency(1)
		.queueCapacity(10)
		.whenFull(OverloadPolicy.REJECT)
		.build();

	private GenericApplicationContext context(Duration gracePeriod, Duration cancelPeriod) {
		GenericApplicationContext context = new GenericApplicationContext();
		context.registerBean(ExecutorDrain.class,
				() -> new ExecutorDrain(() -> List.of(this.executor), gracePeriod, cancelPeriod));
		context.refresh();
		return context;
	}

	@Test
	void closeWaitsForRunningAndQueuedTasks(CapturedOutput output) {
		GenericApplicationContext context = context(LONG, LONG);
		CountDownLatch gate = new CountDownLatch(1);
		AtomicInteger ended = new AtomicInteger();
		for (int i = 0; i < 5; i++) {
			this.executor.execute(() -> {
				await(gate);
				ended.incrementAndGet();
			});
		}
		context.addApplicationListener((event) -> gate.countDown());

		context.close();

		assertThat(ended).hasValue(5);
		assertThat(this.executor.isTerminated()).isTrue();
		assertThat(output).doesNotContain("Executor 'orders'");
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
		assertThat(output)
			.contains("Executor 'orders' did not finish within 20 ms; cancelled 1 running and 1 queued tasks");
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

			assertThat(output).contains("Executor 'orders' leaves 1 tasks behind");
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

}
