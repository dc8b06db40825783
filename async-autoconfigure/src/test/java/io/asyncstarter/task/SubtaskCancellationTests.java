package io.asyncstarter.task;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.sync.Party;
import io.asyncstarter.testing.NoLeaks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the cancellation of single tasks, on threads of their own and on an executor.
 */
@NoLeaks
@Timeout(60)
class SubtaskCancellationTests {

	private final List<Throwable> reported = new CopyOnWriteArrayList<>();

	private final Tasks tasks = Tasks.builder().reportAfter(Duration.ZERO).listener(new TaskListener() {

		@Override
		public void backgroundFailed(String name, Throwable failure) {
			SubtaskCancellationTests.this.reported.add(failure);
		}

	}).build();

	private final CountDownLatch started = new CountDownLatch(1);

	private final CountDownLatch end = new CountDownLatch(1);

	static List<TaskGroupOptions> options() {
		return List.of(TaskGroupOptions.defaults(),
				TaskGroupOptions.builder().executor(BoundedExecutor.builder("io").build()).build());
	}

	// C01
	@ParameterizedTest
	@MethodSource("options")
	void cancelledTaskIsDoneAndCannotBeCancelledAgain(TaskGroupOptions options) throws Exception {
		Subtask<String> subtask = cancelled(options, () -> {
			this.started.countDown();
			this.end.await();
			return "never";
		});

		assertThat(subtask.state()).isEqualTo(Subtask.State.CANCELLED);
		assertThat(subtask.cancel()).isFalse();
	}

	// C03: the value counts, in every run
	@ParameterizedTest
	@MethodSource("options")
	void valueOfATaskThatDoesNotBlockAfterItsCancellationIsItsResult(TaskGroupOptions options) throws Exception {
		Subtask<String> subtask = cancelled(options, () -> {
			this.started.countDown();
			while (!Thread.currentThread().isInterrupted()) {
				Thread.onSpinWait();
			}
			return "value";
		});

		assertThat(subtask.get()).isEqualTo("value");
	}

	// C05
	@ParameterizedTest
	@MethodSource("options")
	void taskThatIgnoresItsCancellationGoesOn(TaskGroupOptions options) throws Exception {
		Subtask<String> subtask = cancelled(options, () -> {
			this.started.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				this.end.countDown();
			}
			this.end.await();
			return "value";
		});

		assertThat(subtask.get()).isEqualTo("value");
	}

	// C07
	@ParameterizedTest
	@MethodSource("options")
	void cancellationReachesTheTaskThatIsWaitedFor(TaskGroupOptions options) throws Exception {
		AtomicReference<Subtask<String>> nested = new AtomicReference<>();
		Subtask<String> subtask = cancelled(options, () -> this.tasks.inGroup("inner", (inner) -> {
			nested.set(inner.fork(() -> {
				this.started.countDown();
				this.end.await();
				return "never";
			}));
			inner.join();
			return nested.get().get();
		}));

		assertThat(nested.get().state()).isEqualTo(Subtask.State.CANCELLED);
		assertThat(subtask.state()).isEqualTo(Subtask.State.CANCELLED);
	}

	// C09
	@ParameterizedTest
	@MethodSource("options")
	void errorInTheCleanupOfACancelledTaskIsAFailure(TaskGroupOptions options) {
		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> cancelled(options, () -> {
			this.started.countDown();
			try {
				this.end.await();
				return "never";
			}
			catch (InterruptedException ex) {
				throw new AssertionError("in cleanup");
			}
		})).withCauseInstanceOf(AssertionError.class);
	}

	// C11
	@Test
	void failureThatNobodyLooksAtIsReportedOnce() throws Exception {
		IllegalStateException failure = new IllegalStateException("expected in the log");
		this.tasks.background("failing", throwing(failure));

		this.tasks.drain(Duration.ofSeconds(20));
		Party.until(() -> !this.reported.isEmpty());
		assertThat(this.reported).containsExactly(failure);
		assertThat(this.tasks.getBackgroundStats().unobserved()).isOne();
	}

	// C11
	@Test
	void failureThatIsLookedAtIsNotReported() {
		Tasks patient = Tasks.builder().listener(new TaskListener() {

			@Override
			public void backgroundFailed(String name, Throwable failure) {
				SubtaskCancellationTests.this.reported.add(failure);
			}

		}).build();
		BackgroundTask<String> task = patient.background("failing", throwing(new IllegalStateException("looked at")));

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(task::get);
		assertThat(this.reported).isEmpty();
		assertThat(patient.getBackgroundStats().unobserved()).isZero();
	}

	// C11
	@Test
	void cancelledBackgroundTaskIsNotReported() throws Exception {
		BackgroundTask<String> task = this.tasks.background("cancelled", () -> {
			this.started.countDown();
			this.end.await();
			return "never";
		});
		this.started.await();

		assertThat(task.cancel()).isTrue();
		assertThatExceptionOfType(CancellationException.class).isThrownBy(task::get);
		assertThat(task.cancel()).isFalse();
		assertThat(this.reported).isEmpty();
	}

	private static Callable<String> throwing(RuntimeException failure) {
		return () -> {
			throw failure;
		};
	}

	/**
	 * Runs work, cancels it once it has said that it has started, and waits for its end.
	 */
	private Subtask<String> cancelled(TaskGroupOptions options, Callable<String> work) throws InterruptedException {
		return this.tasks.inGroup("test", options, (group) -> {
			Subtask<String> subtask = group.fork(work);
			this.started.await();
			assertThat(subtask.cancel()).isTrue();
			group.join();
			return subtask;
		});
	}

}
