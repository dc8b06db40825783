package io.asyncstarter.task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.Interruption;
import io.asyncstarter.executor.BoundedExecutor;

/**
 * A random tree of groups whose bodies and tasks succeed, fail, block, are cancelled and
 * ignore that. At the end of each group it checks that nothing of the group is running
 * and that every failure is told.
 */
final class RandomTree {

	private static final int DEEPEST = 4;

	private final Tasks tasks;

	private final @Nullable BoundedExecutor executor;

	private final Queue<Thread> threads;

	private final Queue<Throwable> broken;

	private final LongAdder nodes;

	RandomTree(Tasks tasks, @Nullable BoundedExecutor executor, Queue<Thread> threads, Queue<Throwable> broken,
			LongAdder nodes) {
		this.tasks = tasks;
		this.executor = executor;
		this.threads = threads;
		this.broken = broken;
		this.nodes = nodes;
	}

	/**
	 * Runs a tree on the calling thread.
	 */
	void run(long seed) throws InterruptedException {
		try {
			new Node(new Random(seed), 0).runGroup();
		}
		catch (TaskGroupException | DeadlineExceededException ex) {
			// checked by the node
		}
	}

	/**
	 * A group of the tree.
	 */
	private final class Node {

		private final Random random;

		private final int depth;

		private final AtomicInteger running = new AtomicInteger();

		private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

		private final List<Subtask<?>> forked = Collections.synchronizedList(new ArrayList<>());

		Node(Random random, int depth) {
			this.random = random;
			this.depth = depth;
		}

		void runGroup() throws InterruptedException {
			RandomTree.this.nodes.increment();
			boolean tryForm = this.random.nextInt(4) == 0;
			TaskGroupOptions options = options();
			Throwable thrown = null;
			try {
				if (tryForm) {
					tryForm(options);
				}
				else {
					RandomTree.this.tasks.<@Nullable Integer>inGroup("node", options, this::body);
				}
			}
			catch (Throwable ex) {
				thrown = ex;
				throw ex;
			}
			finally {
				check(thrown, tryForm);
			}
		}

		private void tryForm(TaskGroupOptions options) throws InterruptedException {
			try (TaskGroup group = RandomTree.this.tasks.group("node", options)) {
				forkAll(group);
				if (this.random.nextInt(4) != 0) {
					group.join();
				}
			}
		}

		private TaskGroupOptions options() {
			TaskGroupOptions.Builder options = TaskGroupOptions.builder().grace(Duration.ofSeconds(60));
			if (this.random.nextInt(3) == 0) {
				options.deadline(Duration.ofMillis(1 + this.random.nextInt(15)));
			}
			if (this.random.nextInt(3) == 0) {
				options.maxConcurrency(1 + this.random.nextInt(3));
			}
			if (RandomTree.this.executor != null) {
				options.executor(RandomTree.this.executor);
			}
			return options.build();
		}

		private int body(TaskGroup group) throws Exception {
			forkAll(group);
			switch (this.random.nextInt(8)) {
				case 0 -> throw recorded(new IllegalStateException("body"));
				case 1 -> block(10);
				case 2 -> group.cancel("body");
				case 3 -> group.join();
				case 4 -> Deadline.within(Duration.ofMillis(3), () -> block(5));
				default -> {
				}
			}
			return 1;
		}

		private void forkAll(TaskGroup group) {
			for (int i = this.random.nextInt(6); i > 0; i--) {
				fork(group, this.random.nextLong());
			}
		}

		private void fork(TaskGroup group, long seed) {
			this.forked.add(group.fork("task", () -> task(group, new Random(seed))));
		}

		private int task(TaskGroup group, Random random) throws Exception {
			this.running.incrementAndGet();
			if (Thread.currentThread().isVirtual()) {
				RandomTree.this.threads.add(Thread.currentThread());
			}
			try {
				return work(group, random);
			}
			catch (Throwable ex) {
				if (Interruption.in(ex) == Interruption.ABSENT && !this.failures.contains(ex)) {
					this.failures.add(ex);
				}
				throw ex;
			}
			finally {
				this.running.decrementAndGet();
			}
		}

		private int work(TaskGroup group, Random random) throws Exception {
			RandomTree.this.nodes.increment();
			int choice = random.nextInt(20);
			if (choice < 5 && this.depth < DEEPEST) {
				new Node(random, this.depth + 1).runGroup();
				return choice;
			}
			switch (choice) {
				case 5, 6 -> throw new ArithmeticException("task");
				case 7, 8, 9 -> block(20);
				case 10 -> ignoreInterrupts(random.nextInt(4));
				case 11 -> group.cancel("task");
				case 12 -> fork(group, random.nextLong());
				case 13 -> failInCleanup();
				case 14 -> cancelSibling(random);
				case 15 -> Deadline.within(Duration.ofMillis(2), () -> block(4));
				case 16 -> failInside();
				default -> Thread.yield();
			}
			return 0;
		}

		private void cancelSibling(Random random) {
			List<Subtask<?>> siblings = List.copyOf(this.forked);
			if (!siblings.isEmpty()) {
				siblings.get(random.nextInt(siblings.size())).cancel();
			}
		}

		/**
		 * Swallows the failure of a group inside, but must not swallow its own
		 * cancellation with it.
		 */
		private void failInside() throws InterruptedException {
			try {
				RandomTree.this.tasks.<@Nullable Integer>inGroup("node", (inner) -> {
					inner.fork(() -> {
						throw new ArithmeticException("inner");
					});
					return block(10);
				});
			}
			catch (TaskGroupException ex) {
				block(1);
			}
		}

		private int block(int millis) throws InterruptedException {
			new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
			return millis;
		}

		private void ignoreInterrupts(int millis) {
			long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
			while (System.nanoTime() < end) {
				Thread.onSpinWait();
			}
		}

		private void failInCleanup() throws Exception {
			try {
				block(20);
			}
			catch (InterruptedException ex) {
				throw new ArithmeticException("cleanup");
			}
		}

		private <X extends Throwable> X recorded(X failure) {
			this.failures.add(failure);
			return failure;
		}

		private void check(@Nullable Throwable thrown, boolean tryForm) {
			Set<Throwable> told = Collections.newSetFromMap(new IdentityHashMap<>());
			collect(thrown, told);
			Set<Throwable> untold = new HashSet<>(this.failures);
			untold.removeAll(told);
			if (this.running.get() != 0 || !untold.isEmpty()) {
				AssertionError error = new AssertionError(
						"%d running, not told %s, try form %s".formatted(this.running.get(), untold, tryForm), thrown);
				RandomTree.this.broken.add(error);
			}
			for (Subtask<?> subtask : List.copyOf(this.forked)) {
				if (subtask.state() == Subtask.State.UNAVAILABLE) {
					RandomTree.this.broken.add(new AssertionError(subtask + " has not ended", thrown));
				}
			}
		}

		/**
		 * Collects what an exception tells, but not what is within the failures of a
		 * group inside.
		 */
		private void collect(@Nullable Throwable thrown, Set<Throwable> told) {
			if (thrown == null) {
				return;
			}
			if (thrown instanceof TaskGroupException aggregate) {
				told.addAll(aggregate.failures());
			}
			told.add(thrown);
			for (Throwable suppressed : thrown.getSuppressed()) {
				told.add(suppressed);
				if (suppressed instanceof TaskGroupException aggregate) {
					told.addAll(aggregate.failures());
				}
				told.addAll(List.of(suppressed.getSuppressed()));
			}
		}

	}

}
