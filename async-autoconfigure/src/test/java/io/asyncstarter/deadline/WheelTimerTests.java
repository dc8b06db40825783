package io.asyncstarter.deadline;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link WheelTimer} in real time.
 */
@Timeout(60)
class WheelTimerTests {

	private static final Duration FAR = Duration.ofHours(1);

	private static final AtomicInteger timers = new AtomicInteger();

	private final String threadName = "test-deadline-timer-" + timers.incrementAndGet();

	private final WheelTimer timer = new WheelTimer(this.threadName, 2);

	@Test
	void expiryRunsOnceAndNeverEarly() throws Exception {
		for (long micros : new long[] { -1, 0, 1, 300, 999, 5_000, 40_000 }) {
			long due = this.timer.nanoTime() + micros * 1_000;
			CompletableFuture<Long> ran = new CompletableFuture<>();

			DeadlineTimer.Timeout timeout = this.timer.schedule(micros * 1_000,
					() -> ran.complete(this.timer.nanoTime()));

			assertThat(ran.get(10, TimeUnit.SECONDS) - due).isNotNegative();
			assertThat(timeout.cancel()).isFalse();
			assertThat(this.timer.armed()).isZero();
		}
	}

	@Test
	void cancelledExpiryDoesNotRunAndIsGone() throws Exception {
		AtomicBoolean ran = new AtomicBoolean();
		DeadlineTimer.Timeout timeout = this.timer.schedule(5_000_000, () -> ran.set(true));

		assertThat(timeout.cancel()).isTrue();
		assertThat(timeout.cancel()).isFalse();

		assertThat(this.timer.armed()).isZero();
		passTime(Duration.ofMillis(10));
		assertThat(ran).isFalse();
	}

	@Test
	void expiryThatIsDueEarlierWakesTheThread() throws Exception {
		DeadlineTimer.Timeout far = this.timer.schedule(FAR.toNanos(), WheelTimerTests::nothing);
		Awaitility.await().until(() -> thread().getState() == Thread.State.TIMED_WAITING);

		passTime(Duration.ofMillis(5));

		assertThat(far.cancel()).isTrue();
	}

	@Test
	void expiryThatThrowsIsLoggedAndAffectsNoOther() throws Exception {
		this.timer.schedule(0, () -> {
			throw new IllegalStateException("expected in the log");
		});
		this.timer.schedule(0, () -> {
			throw new StackOverflowError("expected in the log");
		});

		passTime(Duration.ofMillis(1));
	}

	@Test
	void expiryMayScheduleAndCancel() throws Exception {
		CompletableFuture<Integer> ran = new CompletableFuture<>();
		this.timer.schedule(0, () -> {
			this.timer.schedule(FAR.toNanos(), WheelTimerTests::nothing).cancel();
			this.timer.schedule(0, () -> ran.complete(42));
		});

		assertThat(ran.get(10, TimeUnit.SECONDS)).isEqualTo(42);
	}

	@Test
	void threadIsStartedWithTheFirstExpiryAndSleepsWhenNothingIsArmed() throws Exception {
		assertThat(findThread()).isNull();

		passTime(Duration.ofMillis(1));

		Awaitility.await().until(() -> thread().getState() == Thread.State.WAITING);
		assertThat(thread().isDaemon()).isTrue();
		assertThat(thread().isVirtual()).isFalse();
	}

	@Test
	void threadThatIsInterruptedGoesBackToSleep() throws Exception {
		passTime(Duration.ofMillis(1));

		thread().interrupt();

		Awaitility.await().until(() -> !thread().isInterrupted() && thread().getState() == Thread.State.WAITING);
		passTime(Duration.ofMillis(1));
	}

	@Test
	void threadKeepsNothingOfWhoeverStartedIt() throws Exception {
		InheritableThreadLocal<String> inheritable = new InheritableThreadLocal<>();
		CompletableFuture<@Nullable String> seen = new CompletableFuture<>();
		try (URLClassLoader loader = new URLClassLoader(new URL[0])) {
			ThreadGroup group = new ThreadGroup("creators");
			Thread creator = new Thread(group, () -> {
				inheritable.set("creator's");
				this.timer.schedule(0, () -> seen.complete(inheritable.get()));
			});
			creator.setContextClassLoader(loader);
			creator.start();

			assertThat(seen.get(10, TimeUnit.SECONDS)).isNull();
			assertThat(thread().getContextClassLoader()).isSameAs(WheelTimer.class.getClassLoader());
			assertThat(thread().getThreadGroup()).isNotSameAs(group);
		}
	}

	@Test
	void nothingIsKeptOfAnExpiryThatWasCancelledOrHasRun() throws Exception {
		WeakReference<Runnable> cancelled = scheduleAndCancel();
		WeakReference<Runnable> done = scheduleAndRun();

		Awaitility.await().until(() -> {
			System.gc();
			return cancelled.get() == null && done.get() == null;
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenManyThreadsScheduleAndCancelEachExpiryRunsOnceOrNever(boolean virtual) throws Exception {
		AtomicLong ran = new AtomicLong();
		AtomicLong early = new AtomicLong();
		AtomicLong cancelled = new AtomicLong();
		int threads = 8;
		int each = 20_000;

		try (ExecutorService executor = (virtual) ? Executors.newVirtualThreadPerTaskExecutor()
				: Executors.newFixedThreadPool(threads)) {
			List<Future<?>> tasks = IntStream.range(0, threads).<Future<?>>mapToObj((seed) -> executor.submit(() -> {
				Random random = new Random(seed);
				for (int i = 0; i < each; i++) {
					long due = this.timer.nanoTime() + random.nextInt(3_000_000);
					DeadlineTimer.Timeout timeout = this.timer.schedule(due - this.timer.nanoTime(), () -> {
						ran.incrementAndGet();
						if (this.timer.nanoTime() - due < 0) {
							early.incrementAndGet();
						}
					});
					if (random.nextBoolean() && timeout.cancel()) {
						cancelled.incrementAndGet();
					}
				}
			})).toList();
			for (Future<?> task : tasks) {
				task.get(30, TimeUnit.SECONDS);
			}
		}

		Awaitility.await()
			.untilAsserted(() -> assertThat(ran.get() + cancelled.get()).isEqualTo((long) threads * each));
		assertThat(early).hasValue(0);
		assertThat(this.timer.armed()).isZero();
	}

	@Test
	void whenVirtualThreadsKeepAllProcessorsBusyDeadlinesOfOthersStillExpire() throws Exception {
		AtomicBoolean stop = new AtomicBoolean();
		int hogs = Runtime.getRuntime().availableProcessors();
		CountDownLatch ended = new CountDownLatch(hogs);
		for (int i = 0; i < hogs; i++) {
			Thread.ofVirtual().start(() -> {
				while (!stop.get()) {
					Deadline.after(FAR, this.timer).run("hog", () -> {
					});
				}
				ended.countDown();
			});
		}
		try {
			assertThatExceptionOfType(DeadlineExceededException.class)
				.isThrownBy(() -> Deadline.after(Duration.ofMillis(20), this.timer).run("work", Interruptions::block));
		}
		finally {
			stop.set(true);
		}
		assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(this.timer.armed()).isZero();
	}

	private WeakReference<Runnable> scheduleAndCancel() {
		Runnable expiry = new AtomicInteger()::incrementAndGet;
		this.timer.schedule(FAR.toNanos(), expiry).cancel();
		return new WeakReference<>(expiry);
	}

	private WeakReference<Runnable> scheduleAndRun() throws Exception {
		CountDownLatch ran = new CountDownLatch(1);
		Runnable expiry = ran::countDown;
		this.timer.schedule(1, expiry);
		assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
		return new WeakReference<>(expiry);
	}

	private static void nothing() {
	}

	private void passTime(Duration time) throws Exception {
		CountDownLatch passed = new CountDownLatch(1);
		this.timer.schedule(time.toNanos(), passed::countDown);
		assertThat(passed.await(10, TimeUnit.SECONDS)).isTrue();
	}

	private Thread thread() {
		Thread thread = findThread();
		assertThat(thread).isNotNull();
		return thread;
	}

	private @Nullable Thread findThread() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals(this.threadName))
			.findAny()
			.orElse(null);
	}

}
