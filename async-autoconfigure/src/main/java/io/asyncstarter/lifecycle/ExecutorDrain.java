package io.asyncstarter.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutorStats;
import io.asyncstarter.executor.RejectionReason;
import io.asyncstarter.executor.RunningTask;

/**
 * Brings bounded executors to their end, all together, since a task of one may need
 * another: they take no more tasks from outside; when none of them has a task left they
 * are shut down.
 *
 * @since 0.1.0
 */
public final class ExecutorDrain implements ShutdownParticipant {

	private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	private static final int MAX_DETAILS = 50;

	/**
	 * Reasons for which an accepted task may not be run.
	 */
	private static final List<RejectionReason> AFTER_ACCEPTANCE = List.of(RejectionReason.DISCARDED,
			RejectionReason.QUEUE_TIMED_OUT, RejectionReason.DEADLINE_PASSED);

	private final Supplier<? extends Collection<BoundedExecutor>> source;

	/**
	 * How many tasks of each executor had ended when the drain began.
	 */
	private final Map<BoundedExecutor, Long> endedBefore = new LinkedHashMap<>();

	private List<BoundedExecutor> executors = List.of();

	/**
	 * Creates a drain, which counts tasks from now on.
	 * @param executors gives the executors, now and when it is their turn
	 */
	public ExecutorDrain(Supplier<? extends Collection<BoundedExecutor>> executors) {
		this.source = executors;
		executors.get().forEach((executor) -> this.endedBefore.put(executor, ended(executor.getStats())));
	}

	@Override
	public ShutdownStage getStage() {
		return ShutdownStage.EXECUTORS;
	}

	@Override
	public void refuse() {
		this.executors = List.copyOf(this.source.get());
		this.executors.forEach(BoundedExecutor::refuseOutsiders);
	}

	@Override
	public boolean awaitEnd(Duration atMost) throws InterruptedException {
		long end = System.nanoTime() + atMost.toNanos();
		if (!isShutDown() && !awaitIdle(end)) {
			return false;
		}
		this.executors.forEach(BoundedExecutor::shutdown);
		for (BoundedExecutor executor : this.executors) {
			if (!executor.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
				return false;
			}
		}
		return true;
	}

	private boolean isShutDown() {
		return this.executors.stream().allMatch(BoundedExecutor::isShutdown);
	}

	private boolean awaitIdle(long end) throws InterruptedException {
		// A task that has moved on to an executor which was looked at before has ended in
		// the meantime, so twice the same sum means that nothing has moved.
		long endedBefore = -1;
		long ended = endedIfIdle();
		while (ended < 0 || ended != endedBefore) {
			if (end - System.nanoTime() <= 0) {
				return false;
			}
			if (ended < 0) {
				LockSupport.parkNanos(this, Math.min(LOOK_NANOS, end - System.nanoTime()));
			}
			if (Thread.interrupted()) {
				throw new InterruptedException();
			}
			endedBefore = ended;
			ended = endedIfIdle();
		}
		return true;
	}

	/**
	 * Returns how many tasks have ended, or -1 if an executor has tasks.
	 */
	private long endedIfIdle() {
		long ended = 0;
		for (BoundedExecutor executor : this.executors) {
			BoundedExecutorStats stats = executor.getStats();
			if (stats.running() + stats.queued() + stats.waitingSubmitters() > 0) {
				return -1;
			}
			ended += ended(stats);
		}
		return ended;
	}

	/**
	 * Returns how many accepted tasks have ended.
	 */
	private static long ended(BoundedExecutorStats stats) {
		return stats.completed()
				+ AFTER_ACCEPTANCE.stream().mapToLong((reason) -> stats.rejected().getOrDefault(reason, 0L)).sum();
	}

	@Override
	public List<ShutdownAccount> accounts() {
		return this.executors.stream().map(this::account).toList();
	}

	private ShutdownAccount account(BoundedExecutor executor) {
		List<UnfinishedWork> details = new ArrayList<>();
		for (RunningTask task : executor.getRunningTasks()) {
			Thread thread = task.thread();
			if (thread != null && details.size() < MAX_DETAILS) {
				details.add(UnfinishedWork.on("a running task", task.age(), thread));
			}
		}
		BoundedExecutorStats stats = executor.getStats();
		return new ShutdownAccount("executor", executor.getName(),
				ended(stats) - this.endedBefore.getOrDefault(executor, 0L), stats.running() + stats.queued(), details,
				List.of());
	}

	@Override
	public void cancel() {
		this.executors.forEach(BoundedExecutor::shutdownNow);
	}

}
