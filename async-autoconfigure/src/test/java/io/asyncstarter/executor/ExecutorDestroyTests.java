package io.asyncstarter.executor;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An executor as a bean of a context that knows nothing of the starter.
 */
@Timeout(30)
class ExecutorDestroyTests {

	private final BoundedExecutor executor = BoundedExecutor.builder("bean").maxConcurrency(1).build();

	private final CountDownLatch gate = new CountDownLatch(1);

	private final CountDownLatch started = new CountDownLatch(1);

	private GenericApplicationContext context() {
		GenericApplicationContext context = new GenericApplicationContext();
		context.registerBean("bean", BoundedExecutor.class, () -> this.executor);
		context.refresh();
		return context;
	}

	@Test
	void whenContextClosesThenAcceptedTasksEndBefore() throws Exception {
		GenericApplicationContext context = context();
		var running = this.executor.submit(() -> this.gate.await(20, TimeUnit.SECONDS));
		var queued = this.executor.submit(() -> 1);
		context.addApplicationListener((event) -> this.gate.countDown());

		context.close();

		assertThat(running.get()).isTrue();
		assertThat(queued.get()).isEqualTo(1);
		assertThat(this.executor.isTerminated()).isTrue();
	}

	@Test
	void whenShutDownBeforeThenATaskThatIgnoresItsInterruptKeepsNobodyWaiting() throws Exception {
		GenericApplicationContext context = context();
		this.executor.execute(this::ignoreInterrupts);
		this.started.await();
		try {
			this.executor.shutdown();

			context.close();

			assertThat(this.executor.isTerminated()).isFalse();
		}
		finally {
			this.gate.countDown();
		}
	}

	private void ignoreInterrupts() {
		this.started.countDown();
		while (this.gate.getCount() > 0) {
			try {
				this.gate.await();
			}
			catch (InterruptedException ex) {
				// as some libraries do
			}
		}
	}

}
