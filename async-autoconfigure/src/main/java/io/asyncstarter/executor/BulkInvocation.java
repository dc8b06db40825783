package io.asyncstarter.executor;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

/**
 * One call of {@code invokeAll} or {@code invokeAny}. At saturation it waits for tasks of
 * its own to make room, and asks the overload policy only if it has none.
 *
 * @param <T> the type of the results
 */
final class BulkInvocation<T extends @Nullable Object> {

	private final BoundedExecutor executor;

	private final boolean timed;

	private final long end;

	/**
	 * Accepted tasks that were not yet seen to have left the executor.
	 */
	private final Set<BulkTask<T>> present = new LinkedHashSet<>();

	/**
	 * Accepted tasks whose result was not yet looked at.
	 */
	private final Set<BulkTask<T>> open = new LinkedHashSet<>();

	private final BlockingQueue<BulkTask<T>> news = new LinkedBlockingQueue<>();

	BulkInvocation(BoundedExecutor executor, long nanos) {
		this.executor = executor;
		this.timed = nanos != Nanos.UNLIMITED;
		this.end = (this.timed) ? System.nanoTime() + Math.max(0, nanos) : 0;
	}

	List<Future<T>> invokeAll(Collection<? extends Callable<T>> callables) throws InterruptedException {
		Objects.requireNonNull(callables, "'tasks' must not be null");
		requireNotInterrupted();
		List<BulkTask<T>> tasks = new ArrayList<>(callables.size());
		for (Callable<T> callable : callables) {
			tasks.add(this.executor.tasks().bulk(callable, this.news));
		}
		try {
			if (submitAll(tasks)) {
				awaitAll(tasks);
			}
		}
		finally {
			tasks.forEach((task) -> task.cancel(true));
		}
		return List.copyOf(tasks);
	}

	T invokeAny(Collection<? extends Callable<T>> callables)
			throws InterruptedException, ExecutionException, TimeoutException {
		if (callables.isEmpty()) {
			throw new IllegalArgumentException("'tasks' must not be empty");
		}
		requireNotInterrupted();
		try {
			return firstResult(callables.iterator());
		}
		finally {
			this.open.forEach((task) -> task.cancel(true));
		}
	}

	private static void requireNotInterrupted() throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
	}

	private long left() {
		return (this.timed) ? this.end - System.nanoTime() : Nanos.UNLIMITED;
	}

	/**
	 * Submits all tasks.
	 * @return whether there was time for all of them
	 */
	private boolean submitAll(List<BulkTask<T>> tasks) throws InterruptedException {
		for (BulkTask<T> task : tasks) {
			this.executor.tasks().decorate(task);
			if (!submit(task)) {
				return false;
			}
		}
		return true;
	}

	private boolean submit(BulkTask<T> task) throws InterruptedException {
		while (left() > 0) {
			if (trySubmit(task)) {
				return true;
			}
			if (this.present.isEmpty()) {
				return submitByPolicy(task);
			}
			if (awaitNews() == null) {
				return false;
			}
		}
		return false;
	}

	private boolean trySubmit(BulkTask<T> task) {
		return accepted(task, this.executor.submissions().trySubmit(task));
	}

	private boolean accepted(BulkTask<T> task, boolean accepted) {
		if (accepted) {
			this.present.add(task);
			this.open.add(task);
		}
		return accepted;
	}

	/**
	 * Submits a task for which nobody but others can make room.
	 * @return whether there was time for it
	 */
	private boolean submitByPolicy(BulkTask<T> task) throws InterruptedException {
		OverloadPolicy policy = this.executor.getOverloadPolicy();
		if (this.timed && policy == OverloadPolicy.CALLER_RUNS) {
			policy = OverloadPolicy.WAIT;
		}
		long maxWait = (policy == this.executor.getOverloadPolicy()) ? this.executor.maxWaitNanos() : Nanos.UNLIMITED;
		try {
			this.executor.submissions().submit(task, policy, Math.min(maxWait, left()));
		}
		catch (ExecutorSaturatedException ex) {
			if (ex.getReason() == RejectionReason.WAIT_INTERRUPTED) {
				requireNotInterrupted();
			}
			if (policy == OverloadPolicy.WAIT && left() <= 0) {
				return false;
			}
			throw ex;
		}
		return accepted(task, true);
	}

	private void awaitAll(List<BulkTask<T>> tasks) throws InterruptedException {
		for (BulkTask<T> task : tasks) {
			try {
				if (this.timed) {
					task.get(left(), TimeUnit.NANOSECONDS);
				}
				else {
					task.get();
				}
			}
			catch (TimeoutException ex) {
				return;
			}
			catch (ExecutionException | CancellationException ex) {
				// The caller reads it from the future.
			}
		}
	}

	private T firstResult(Iterator<? extends Callable<T>> callables)
			throws InterruptedException, ExecutionException, TimeoutException {
		ExecutionException failure = null;
		BulkTask<T> unsubmitted = nextOf(callables);
		while (unsubmitted != null || !this.open.isEmpty()) {
			if (unsubmitted != null && this.news.isEmpty() && submitBesides(unsubmitted)) {
				unsubmitted = nextOf(callables);
				continue;
			}
			BulkTask<T> task = awaitNews();
			if (task == null) {
				throw new TimeoutException();
			}
			if (!this.open.remove(task)) {
				continue;
			}
			try {
				return task.get();
			}
			catch (ExecutionException ex) {
				failure = ex;
			}
			catch (CancellationException ex) {
				failure = new ExecutionException(ex);
			}
		}
		throw (failure != null) ? failure : new ExecutionException(new IllegalStateException("No task was run"));
	}

	private @Nullable BulkTask<T> nextOf(Iterator<? extends Callable<T>> callables) {
		if (!callables.hasNext()) {
			return null;
		}
		BulkTask<T> task = this.executor.tasks().bulk(callables.next(), this.news);
		this.executor.tasks().decorate(task);
		return task;
	}

	/**
	 * Submits a task, unless room for it can be expected from those that are present.
	 * @return whether the task was submitted
	 */
	private boolean submitBesides(BulkTask<T> task) throws InterruptedException, TimeoutException {
		if (trySubmit(task)) {
			return true;
		}
		if (!this.present.isEmpty()) {
			return false;
		}
		if (!submitByPolicy(task)) {
			throw new TimeoutException();
		}
		return true;
	}

	/**
	 * Waits until one of the tasks has ended or left; a caller that is itself a task of
	 * the executor runs one that still waits in the queue.
	 * @return the task, or {@code null} if the time is over
	 */
	private @Nullable BulkTask<T> awaitNews() throws InterruptedException {
		if (!this.timed) {
			for (BulkTask<T> task : this.open) {
				if (!this.news.isEmpty()) {
					break;
				}
				this.executor.helpIfNested(task);
			}
		}
		BulkTask<T> task = (this.timed) ? this.news.poll(left(), TimeUnit.NANOSECONDS) : this.news.take();
		if (task != null && task.isGone()) {
			this.present.remove(task);
		}
		return task;
	}

}
