package io.asyncstarter.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random work on every path out of an executor, from several threads at once; then every
 * task must be accounted for.
 */
@Timeout(120)
class ExecutorStressTests {

	private static final int SUBMITTERS = 4;

	private static final int TASKS_EACH = 1500;

	private static final int GREATEST_LIMIT = 8;

	@RegisterExtension
	final TestExecutors executors = new TestExecutors();

	static Stream<Arguments> modes() {
		return Stream.of(OverloadPolicy.values())
			.flatMap((policy) -> Stream.of(ThreadKind.values())
				.flatMap((threads) -> Stream.of(Ending.values())
					.map((ending) -> Arguments.of(policy, threads, ending))));
	}

	@ParameterizedTest
	@MethodSource("modes")
	void submitAtRandomAccountsForEveryTask(OverloadPolicy policy, ThreadKind threads, Ending ending) throws Exception {
		AtomicInteger uncaught = new AtomicInteger();
		BoundedExecutor executor = this.executors.of(new Setting(4, threads, 16), (builder) -> builder.whenFull(policy)
			.uncaughtExceptionHandler((thread, ex) -> uncaught.incrementAndGet()));
		long seed = System.nanoTime();
		Load load = new Load(executor);
		List<Thread> submitters = new ArrayList<>();
		for (int i = 0; i < SUBMITTERS; i++) {
			Random random = new Random(seed + i);
			submitters.add(Thread.ofPlatform().name("submitter-" + i).start(() -> load.submitAll(random)));
		}
		if (ending != Ending.IDLE) {
			TestExecutors.eventually("half way").until(() -> load.submitted.get() > SUBMITTERS * TASKS_EACH / 2);
			load.neverRun.addAll((ending == Ending.SHUTDOWN_NOW) ? executor.shutdownNow() : List.of());
			executor.shutdown();
		}
		for (Thread submitter : submitters) {
			submitter.join();
		}
		if (ending != Ending.IDLE) {
			assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
		}
		TestExecutors.awaitIdle(executor);

		load.verify("seed %d".formatted(seed));
	}

	@ParameterizedTest
	@EnumSource(ThreadKind.class)
	void submitNeverRunsMoreThanAllowed(ThreadKind threads) throws Exception {
		BoundedExecutor executor = this.executors.of(new Setting(3, threads, 50),
				(builder) -> builder.whenFull(OverloadPolicy.WAIT));
		AtomicInteger running = new AtomicInteger();
		AtomicInteger highest = new AtomicInteger();
		List<Thread> submitters = new ArrayList<>();
		for (int i = 0; i < SUBMITTERS; i++) {
			submitters.add(Thread.ofPlatform().start(() -> {
				for (int j = 0; j < 5000; j++) {
					Future<?> future = executor.submit(() -> {
						highest.accumulateAndGet(running.incrementAndGet(), Math::max);
						LockSupport.parkNanos(1);
						running.decrementAndGet();
					});
					if (j % 5 == 0) {
						// whole, so that the count above stays right
						future.cancel(false);
					}
				}
			}));
		}
		for (Thread submitter : submitters) {
			submitter.join();
		}

		TestExecutors.awaitIdle(executor);
		assertThat(highest).hasValue(3);
	}

	@ParameterizedTest
	@EnumSource(ThreadKind.class)
	void submitByOneThreadStartsInOrder(ThreadKind threads) throws Exception {
		BoundedExecutor executor = this.executors.of(new Setting(1, threads, 64),
				(builder) -> builder.whenFull(OverloadPolicy.WAIT));
		List<Integer> order = new ArrayList<>();
		List<Integer> expected = new ArrayList<>();
		for (int i = 0; i < 20_000; i++) {
			int number = i;
			expected.add(number);
			executor.execute(() -> order.add(number));
		}

		executor.close();

		assertThat(order).isEqualTo(expected);
	}

	/**
	 * How the executor ends.
	 */
	enum Ending {

		IDLE, SHUTDOWN, SHUTDOWN_NOW

	}

	/**
	 * Random submissions, and their accounts.
	 */
	private static final class Load {

		private final BoundedExecutor executor;

		private final Queue<Tracked> tracked = new ConcurrentLinkedQueue<>();

		private final Queue<Runnable> neverRun = new ConcurrentLinkedQueue<>();

		private final AtomicInteger submitted = new AtomicInteger();

		private final AtomicLong accepted = new AtomicLong();

		private final AtomicLong refused = new AtomicLong();

		private final AtomicInteger running = new AtomicInteger();

		private final AtomicInteger highest = new AtomicInteger();

		Load(BoundedExecutor executor) {
			this.executor = executor;
		}

		void submitAll(Random random) {
			List<Tracked> recent = new ArrayList<>();
			for (int i = 0; i < TASKS_EACH; i++) {
				Tracked task = new Tracked(this, random.nextInt(12));
				this.tracked.add(task);
				submit(task, random);
				recent.add(task);
				this.submitted.incrementAndGet();
				disturb(random, recent.get(random.nextInt(recent.size())));
				if (recent.size() > 40) {
					recent.removeFirst();
				}
			}
		}

		private void submit(Tracked task, Random random) {
			try {
				switch (random.nextInt(3)) {
					case 0 -> this.executor.execute(task);
					case 1 -> task.future(this.executor.submit(task));
					default -> task.future(this.executor.submitCompletable(task));
				}
				this.accepted.incrementAndGet();
			}
			catch (RejectedExecutionException ex) {
				task.refused = true;
				this.refused.incrementAndGet();
				Thread.interrupted();
			}
		}

		private void disturb(Random random, Tracked victim) {
			Future<?> future = victim.future;
			switch (random.nextInt(20)) {
				case 0, 1, 2 -> {
					if (future != null) {
						future.cancel(random.nextBoolean());
					}
				}
				case 3 -> this.executor.setMaxConcurrency(random.nextInt(1, GREATEST_LIMIT + 1));
				case 4 -> this.executor.setQueueCapacity(random.nextInt(32));
				case 5 -> Thread.currentThread().interrupt();
				case 6 -> this.executor.remove(victim);
				case 7 -> this.executor.getQueuedTasks();
				default -> Thread.interrupted();
			}
		}

		void enter() {
			if (Thread.currentThread().getName().startsWith(this.executor.getName())) {
				this.highest.accumulateAndGet(this.running.incrementAndGet(), Math::max);
			}
		}

		void leave() {
			if (Thread.currentThread().getName().startsWith(this.executor.getName())) {
				this.running.decrementAndGet();
			}
		}

		void verify(String description) {
			BoundedExecutorStats stats = this.executor.getStats();
			for (Tracked task : this.tracked) {
				assertThat(task.runs.get()).as(description).isLessThanOrEqualTo((task.refused) ? 0 : 1);
				Future<?> future = task.future;
				if (future != null) {
					assertThat(future.isDone()).as(description).isTrue();
					boolean success = future.state() == Future.State.SUCCESS;
					assertThat(success && task.runs.get() == 0).as(description).isFalse();
				}
			}
			for (Runnable task : this.neverRun) {
				if (task instanceof Tracked never) {
					assertThat(never.runs).as(description).hasValue(0);
				}
				else {
					assertThat(((Future<?>) task).isCancelled()).as(description).isTrue();
				}
			}
			long rejectedLater = stats.rejected().getOrDefault(RejectionReason.DISCARDED, 0L);
			long rejectedAtOnce = stats.rejected().values().stream().mapToLong(Long::longValue).sum() - rejectedLater;
			assertThat(stats.completed() + rejectedLater).as(description).isEqualTo(this.accepted.get());
			assertThat(rejectedAtOnce).as(description).isEqualTo(this.refused.get());
			assertThat(this.highest.get()).as(description).isLessThanOrEqualTo(GREATEST_LIMIT);
		}

	}

	/**
	 * A task that ends in some way and counts its runs.
	 */
	private static final class Tracked implements Runnable {

		private final AtomicInteger runs = new AtomicInteger();

		private final Load load;

		private final int kind;

		private volatile @Nullable Future<?> future;

		private volatile boolean refused;

		Tracked(Load load, int kind) {
			this.load = load;
			this.kind = kind;
		}

		void future(Future<?> future) {
			this.future = future;
		}

		@Override
		public void run() {
			this.runs.incrementAndGet();
			this.load.enter();
			try {
				work();
			}
			finally {
				this.load.leave();
			}
		}

		private void work() {
			switch (this.kind) {
				case 0 -> throw new IllegalStateException("test");
				case 1 -> throw new AssertionError("test");
				case 2, 3 -> blockBriefly();
				case 4 -> Thread.currentThread().interrupt();
				case 5 -> joinNested();
				default -> LockSupport.parkNanos(1);
			}
		}

		/**
		 * Blocks until it is interrupted, or for a moment.
		 */
		private static void blockBriefly() {
			try {
				if (new CountDownLatch(1).await(300, TimeUnit.MICROSECONDS)) {
					throw new AssertionError();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		private void joinNested() {
			Tracked nested = new Tracked(this.load, 6);
			// The permit is that of this task.
			this.load.leave();
			try {
				CompletableFuture<Void> submission = this.load.executor.submitCompletable(nested);
				nested.future = submission;
				this.load.accepted.incrementAndGet();
				awaitNested(submission);
			}
			catch (RejectedExecutionException ex) {
				nested.refused = true;
				this.load.refused.incrementAndGet();
			}
			finally {
				this.load.enter();
			}
			this.load.tracked.add(nested);
		}

		private static void awaitNested(CompletableFuture<Void> submission) {
			try {
				submission.join();
			}
			catch (CompletionException | CancellationException ex) {
				// its own affair
			}
		}

	}

}
