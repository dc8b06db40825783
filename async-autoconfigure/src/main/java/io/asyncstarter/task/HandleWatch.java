package io.asyncstarter.task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Tells of the end of tasks that others have started, in the order of their ends, without
 * touching them. Used by the thread that waits.
 *
 * @param <H> the type of the handles
 */
final class HandleWatch<H> implements AutoCloseable {

	/*
	 * Invariants. (1) A handle is in 'pending' until next() has returned it. (2) For each
	 * handle a signal comes after it has ended, at least one; that of a handle that is
	 * not pending any more says nothing. (3) The empty signal says that the time is up.
	 */

	private final Set<H> pending = new LinkedHashSet<>();

	private final BlockingQueue<List<H>> signals = new LinkedBlockingQueue<>();

	private final List<Runnable> releases = new ArrayList<>();

	private boolean expired;

	HandleWatch(Iterable<? extends H> handles) {
		Assert.notNull(handles, "'handles' must not be null");
		handles.forEach(this.pending::add);
		Map<TaskGroup, Map<ForkedTask<?>, H>> subtasks = new HashMap<>();
		for (H handle : this.pending) {
			if (handle instanceof ForkedTask<?> task) {
				subtasks.computeIfAbsent(groupOf(task), (group) -> new HashMap<>()).put(task, handle);
			}
			else {
				watch(handle);
			}
		}
		subtasks.forEach(this::watch);
	}

	private void watch(H handle) {
		switch (handle) {
			case BackgroundJob<?> job -> job.whenEnded(() -> ended(handle));
			case CompletionStage<?> stage -> stage.whenComplete((result, ex) -> ended(handle));
			case Future<?> future -> watch(handle, future);
			default -> throw new IllegalArgumentException(
					"'handles' must be subtasks, background tasks, futures or completion stages but one was a "
							+ handle.getClass().getName());
		}
	}

	private void watch(TaskGroup group, Map<ForkedTask<?>, H> subtasks) {
		Consumer<ForkedTask<?>> listener = (task) -> {
			H handle = subtasks.get(task);
			if (handle != null) {
				ended(handle);
			}
		};
		group.tasks().addListener(listener);
		this.releases.add(() -> group.tasks().removeListener(listener));
		subtasks.forEach((task, handle) -> {
			if (task.state() != Subtask.State.UNAVAILABLE) {
				ended(handle);
			}
		});
	}

	private static TaskGroup groupOf(ForkedTask<?> task) {
		TaskGroup group = task.group();
		Assert.state(group != null, () -> "%s belongs to no group".formatted(task));
		return group;
	}

	/**
	 * Watches a future that tells nobody of its end.
	 */
	private void watch(H handle, Future<?> future) {
		if (future.isDone()) {
			ended(handle);
			return;
		}
		Thread watcher = Thread.ofVirtual().inheritInheritableThreadLocals(false).start(() -> {
			if (awaitEnd(future)) {
				ended(handle);
			}
		});
		this.releases.add(watcher::interrupt);
	}

	private static boolean awaitEnd(Future<?> future) {
		try {
			future.get();
			return true;
		}
		catch (InterruptedException ex) {
			return false;
		}
		catch (ExecutionException | RuntimeException ex) {
			return true;
		}
	}

	private void ended(H handle) {
		this.signals.add(List.of(handle));
	}

	/**
	 * Limits the wait to a time from now on.
	 */
	void expireAfter(Duration timeout, DeadlineTimer timer) {
		Assert.notNull(timeout, "'timeout' must not be null");
		if (timeout.isPositive()) {
			DeadlineTimer.Timeout expiry = timer.schedule(TimeUnit.NANOSECONDS.convert(timeout),
					() -> this.signals.add(List.of()));
			this.releases.add(expiry::cancel);
		}
		else {
			this.signals.add(List.of());
		}
	}

	/**
	 * Waits for the next end of a task.
	 * @return the task, or {@code null} if there are no more, or none in time
	 * @throws InterruptedException if the thread is interrupted
	 */
	@Nullable H next() throws InterruptedException {
		while (!this.pending.isEmpty() && !this.expired) {
			H ended = note(take());
			if (ended != null) {
				return ended;
			}
		}
		return null;
	}

	private List<H> take() throws InterruptedException {
		if (this.signals.isEmpty()) {
			help();
		}
		return this.signals.take();
	}

	/**
	 * Runs what waits for a place of an executor that this thread occupies.
	 */
	private void help() {
		for (H handle : this.pending) {
			if (handle instanceof ForkedTask<?> task && groupOf(task).owner() == Thread.currentThread()) {
				groupOf(task).tasks().help();
			}
		}
	}

	/**
	 * Returns the next end of a task if there has been one.
	 */
	@Nullable H poll() {
		for (List<H> signal = this.signals.poll(); signal != null; signal = this.signals.poll()) {
			H ended = note(signal);
			if (ended != null) {
				return ended;
			}
		}
		return null;
	}

	private @Nullable H note(List<H> signal) {
		if (signal.isEmpty()) {
			this.expired = true;
			return null;
		}
		H handle = signal.getFirst();
		return (this.pending.remove(handle)) ? handle : null;
	}

	boolean isExpired() {
		return this.expired;
	}

	Set<H> pending() {
		return this.pending;
	}

	@Override
	public void close() {
		this.releases.forEach(Runnable::run);
		this.releases.clear();
	}

	static boolean isFailed(Object handle) {
		return switch (handle) {
			case Subtask<?> subtask -> subtask.state() == Subtask.State.FAILED;
			case BackgroundTask<?> background -> background.state() == Subtask.State.FAILED;
			case Future<?> future -> future.state() == Future.State.FAILED;
			case CompletionStage<?> stage -> stage.toCompletableFuture().state() == Future.State.FAILED;
			default -> false;
		};
	}

}
