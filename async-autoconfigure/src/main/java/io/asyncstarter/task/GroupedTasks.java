package io.asyncstarter.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.lang.CheckReturnValue;
import org.springframework.util.Assert;

import io.asyncstarter.deadline.DeadlineExceededException;

/**
 * The verbs that do several pieces of work at a time and wait for them, each in a group
 * of one name and settings. When a verb returns or throws, everything that it has started
 * has ended.
 * <p>
 * Work that is a {@link NamedCallable} is known by its name. The calling thread's context
 * and deadline apply to all work. Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 * @see Tasks#using(String)
 */
public final class GroupedTasks {

	private final Tasks tasks;

	private final String name;

	private final TaskGroupOptions options;

	GroupedTasks(Tasks tasks, String name, TaskGroupOptions options) {
		this.tasks = tasks;
		this.name = name;
		this.options = options;
	}

	/**
	 * Does all work and returns the results in the order of the work. The first failure
	 * cancels the rest, and is thrown as it is; further ones are suppressed in it.
	 * @param <T> the type of the results
	 * @param works the work; none gives an empty list
	 * @return the results, unmodifiable
	 * @throws InterruptedException if the calling thread was interrupted; all work has
	 * been cancelled and has ended
	 * @throws DeadlineExceededException if the group's deadline passed first
	 * @throws CancellationException if the group was cancelled, as at a shutdown
	 * @throws Exception what failed first
	 */
	@SafeVarargs
	@SuppressWarnings("varargs") // the array is only read
	public final <T extends @Nullable Object> List<T> gather(Callable<? extends T>... works) throws Exception {
		return gather(Arrays.asList(works));
	}

	/**
	 * Does all work and returns the results in the order of the work. The first failure
	 * cancels the rest, and is thrown as it is; further ones are suppressed in it.
	 * @param <T> the type of the results
	 * @param works the work; none gives an empty list
	 * @return the results, unmodifiable
	 * @throws InterruptedException if the calling thread was interrupted; all work has
	 * been cancelled and has ended
	 * @throws DeadlineExceededException if the group's deadline passed first
	 * @throws CancellationException if the group was cancelled, as at a shutdown
	 * @throws Exception what failed first
	 */
	public <T extends @Nullable Object> List<T> gather(Collection<? extends Callable<? extends T>> works)
			throws Exception {
		List<Callable<? extends T>> all = copyOf(works);
		FirstFailure first = new FirstFailure();
		TaskGroup group = this.tasks.group(this.name, this.options);
		List<Subtask<T>> subtasks = new ArrayList<>(all.size());
		try {
			forkAndJoin(group, all, first::watch, subtasks);
		}
		catch (TaskGroupException ex) {
			throw first.of(ex);
		}
		List<T> results = new ArrayList<>(subtasks.size());
		for (Subtask<T> subtask : subtasks) {
			if (subtask.state() != Subtask.State.SUCCESS) {
				throw group.cancellation();
			}
			results.add(subtask.get());
		}
		return Collections.unmodifiableList(results);
	}

	/**
	 * Does all work and returns every outcome, in the order of the work. Failures cancel
	 * nothing. Work that has not ended when the group's own deadline passes is cancelled,
	 * and has failed with a {@link DeadlineExceededException}.
	 * @param <T> the type of the results
	 * @param works the work; none gives an empty list
	 * @return the outcomes, unmodifiable
	 * @throws InterruptedException if the calling thread was interrupted; all work has
	 * been cancelled and has ended
	 */
	@SafeVarargs
	@SuppressWarnings("varargs") // the array is only read
	@CheckReturnValue
	public final <T extends @Nullable Object> List<Outcome<T>> settle(Callable<? extends T>... works)
			throws InterruptedException {
		return settle(Arrays.asList(works));
	}

	/**
	 * Does all work and returns every outcome, in the order of the work. Failures cancel
	 * nothing. Work that has not ended when the group's own deadline passes is cancelled,
	 * and has failed with a {@link DeadlineExceededException}.
	 * @param <T> the type of the results
	 * @param works the work; none gives an empty list
	 * @return the outcomes, unmodifiable
	 * @throws InterruptedException if the calling thread was interrupted; all work has
	 * been cancelled and has ended
	 */
	@CheckReturnValue
	public <T extends @Nullable Object> List<Outcome<T>> settle(Collection<? extends Callable<? extends T>> works)
			throws InterruptedException {
		List<Callable<? extends T>> all = copyOf(works);
		TaskGroup group = this.tasks.group(this.name, this.options, true);
		List<Subtask<T>> subtasks = new ArrayList<>(all.size());
		DeadlineExceededException exceeded = null;
		try {
			forkAndJoin(group, all, (work) -> work, subtasks);
		}
		catch (DeadlineExceededException ex) {
			if (this.options.deadline() == null) {
				throw ex;
			}
			exceeded = ex;
		}
		List<Outcome<T>> outcomes = new ArrayList<>(all.size());
		for (Subtask<T> subtask : subtasks) {
			Outcome<T> outcome = switch (subtask.state()) {
				case SUCCESS -> new Outcome.Success<>(subtask.get());
				case FAILED -> Outcome.failed(subtask.exception());
				default -> Outcome.failed((exceeded != null) ? exceeded : group.cancellation());
			};
			outcomes.add(outcome);
		}
		return Collections.unmodifiableList(outcomes);
	}

	/**
	 * Does all work and returns the first result. The others are cancelled, and have
	 * ended when it is returned.
	 * @param <T> the type of the result
	 * @param works the work, at least one piece
	 * @return the first result
	 * @throws TaskGroupException if all have failed
	 * @throws CancellationException if the group was cancelled before anybody had won
	 * @throws InterruptedException if the calling thread was interrupted; all work has
	 * been cancelled and has ended
	 * @throws DeadlineExceededException if the group's deadline passed first
	 * @throws CancellationException if the group was cancelled, as at a shutdown
	 */
	@SafeVarargs
	@SuppressWarnings("varargs") // the array is only read
	public final <T extends @Nullable Object> T race(Callable<? extends T>... works) throws InterruptedException {
		return race(Arrays.asList(works));
	}

	/**
	 * Does all work and returns the first result. The others are cancelled, and have
	 * ended when it is returned.
	 * @param <T> the type of the result
	 * @param works the work, at least one piece
	 * @return the first result
	 * @throws TaskGroupException if all have failed
	 * @throws CancellationException if the group was cancelled before anybody had won
	 * @throws InterruptedException if the calling thread was interrupted; all work has
	 * been cancelled and has ended
	 * @throws DeadlineExceededException if the group's deadline passed first
	 * @throws CancellationException if the group was cancelled, as at a shutdown
	 */
	public <T extends @Nullable Object> T race(Collection<? extends Callable<? extends T>> works)
			throws InterruptedException {
		List<Callable<? extends T>> all = copyOf(works);
		Assert.notEmpty(all, "'works' must not be empty: there would be no winner");
		AtomicReference<@Nullable Outcome<T>> winner = new AtomicReference<>();
		TaskGroup group = this.tasks.group(this.name, this.options, true);
		List<Subtask<T>> subtasks = new ArrayList<>(all.size());
		forkAndJoin(group, all, (work) -> () -> {
			T result = work.call();
			if (winner.compareAndSet(null, new Outcome.Success<>(result))) {
				group.cancel("the race has been won");
			}
			return result;
		}, subtasks);
		Outcome<T> won = winner.get();
		if (won != null) {
			return won.orElseThrow();
		}
		List<Throwable> failures = subtasks.stream()
			.filter((subtask) -> subtask.state() == Subtask.State.FAILED)
			.map(Subtask::exception)
			.toList();
		if (failures.size() < all.size()) {
			CancellationException cancelled = group.cancellation();
			failures.forEach(cancelled::addSuppressed);
			throw cancelled;
		}
		throw new TaskGroupException(this.name, failures);
	}

	private static <T extends @Nullable Object> List<Callable<? extends T>> copyOf(
			Collection<? extends Callable<? extends T>> works) {
		Assert.notNull(works, "'works' must not be null");
		Assert.noNullElements(works, "'works' must not contain null");
		return List.copyOf(works);
	}

	/**
	 * Forks all work and waits until everything has ended.
	 * @param wrapper what to do around each piece of work
	 * @param subtasks where to put the subtasks, in the order of the work
	 */
	private static <T extends @Nullable Object> void forkAndJoin(TaskGroup group, List<Callable<? extends T>> works,
			Function<Callable<? extends T>, Callable<? extends T>> wrapper, List<Subtask<T>> subtasks)
			throws InterruptedException {
		group.<@Nullable Void>run((open) -> {
			for (Callable<? extends T> work : works) {
				Callable<? extends T> wrapped = wrapper.apply(work);
				subtasks.add((work instanceof NamedCallable<?> named) ? open.fork(named.name(), wrapped)
						: open.fork(wrapped));
			}
			return null;
		});
	}

}
