package io.asyncstarter.testing;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.ThreadKind;
import io.asyncstarter.sync.ConcurrencyLimiter;
import io.asyncstarter.sync.Event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests under {@link NoLeaks}, none of which leaves anything behind.
 */
@NoLeaks
@Timeout(60)
class NoLeaksTests {

	private final BoundedExecutor executor = BoundedExecutor.builder("cpu")
		.threads(ThreadKind.PLATFORM)
		.maxConcurrency(1)
		.build();

	@AfterEach
	void close() {
		this.executor.close();
	}

	@Test
	void poolThatIsClosedAfterTheTestIsNoLeak() throws Exception {
		assertThat(this.executor.submit(() -> "done").get()).isEqualTo("done");
	}

	@Test
	void taskThatIsCancelledAfterTheTestIsNoLeak() {
		Event event = new Event();
		this.executor.execute(() -> {
			try {
				event.await();
			}
			catch (InterruptedException ex) {
				// ends
			}
		});
		this.executor.shutdownNow();
	}

	/**
	 * Nested tests are checked too, and see the fields around them.
	 */
	@Nested
	class Inner {

		@RegisterExtension
		private final LeakCheck leaks = new LeakCheck().watch(new ConcurrencyLimiter("db", 1));

		private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

		@Test
		void deadlineOfManualTimeIsOverWhenTheTestSaysSo() throws Exception {
			Event event = new Event();
			Thread mover = Thread.ofVirtual().start(() -> {
				try {
					this.timer.awaitArmed(1);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				this.timer.advance(Duration.ofHours(1));
			});

			assertThatExceptionOfType(DeadlineExceededException.class)
				.isThrownBy(() -> Deadline.after(Duration.ofHours(1), this.timer).run("work", () -> event.await()))
				.withMessage("Scope 'work' exceeded its deadline: it had PT1H and took PT1H");
			assertThat(mover.join(Duration.ofNanos(TimeUnit.SECONDS.toNanos(20)))).isTrue();
		}

	}

}
