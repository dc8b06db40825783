package io.asyncstarter.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.lang.CheckReturnValue;
import org.springframework.util.Assert;

import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.Interruption;

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
	 * @throws CancellationException if the group was cancelled before all work was done
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
	 * @throws CancellationException if the group was cancelled before all work was done
	 * @throws Exception what failed first
	 */
	public <T extends @Nullable Object> List<T> gather(Collection<? extends Callable<? extends T>> works)
			throws Exception {
		List<Callable<? extends T>> all = copyOf(works);
		FirstFailure first = new FirstFailure();
		List<Subtask<T>> subtasks = new ArrayList<>(all.size());
		try {
			inGroup((group) -> all.forEach((work) -> subtasks.add(fork(group, work, first.watch(work)))));
		}
		catch (TaskGroupException ex) {
			throw first.of(ex);
		}
		List<T> results = new ArrayList<>(all.size());
		subtasks.forEach((subtask) -> results.add(subtask.get()));
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
		AtomicReferenceArray<@Nullable Outcome<T>> outcomes = new AtomicReferenceArray<>(all.size());
		DeadlineExceededException exceeded = null;
		try {
			inGroup((group) -> {
				for (int i = 0; i < all.size(); i++) {
					int index = i;
					Callable<? extends T> work = all.get(i);
					fork(group, work, () -> {
						outcomes.set(index, outcome(group, work));
						return null;
					});
				}
			});
		}
		catch (DeadlineExceededException ex) {
			if (this.options.deadline() == null) {
				throw ex;
			}
			exceeded = ex;
		}
		List<Outcome<T>> settled = new ArrayList<>(all.size());
		for (int i = 0; i < all.size(); i++) {
			Outcome<T> outcome = outcomes.get(i);
			settled.add((outcome != null) ? outcome : Outcome.failed(missing(exceeded)));
		}
		return Collections.unmodifiableList(settled);
	}

	private Throwable missing(@Nullable DeadlineExceededException exceeded) {
		return (exceeded != null) ? exceeded : cancelled();
	}

	private CancellationException cancelled() {
		return new CancellationException("Group '%s' was cancelled".formatted(this.name));
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
	 */
	public <T extends @Nullable Object> T race(Collection<? extends Callable<? extends T>> works)
			throws InterruptedException {
		List<Callable<? extends T>> all = copyOf(works);
		Assert.notEmpty(all, "'works' must not be empty: there would be no winner");
		AtomicReference<@Nullable Outcome<T>> winner = new AtomicReference<>();
		AtomicReferenceArray<@Nullable Throwable> failures = new AtomicReferenceArray<>(all.size());
		inGroup((group) -> {
			for (int i = 0; i < all.size(); i++) {
				int index = i;
				Callable<? extends T> work = all.get(i);
				fork(group, work, () -> {
					Outcome<T> outcome = outcome(group, work);
					outcome.failure().ifPresent((failure) -> failures.set(index, failure));
					if (outcome.isSuccess() && winner.compareAndSet(null, outcome)) {
						group.cancel("the race has been won");
					}
					return null;
				});
			}
		});
		Outcome<T> won = winner.get();
		if (won != null) {
			return won.orElseThrow();
		}
		List<Throwable> present = present(failures);
		if (present.size() < all.size()) {
			CancellationException cancelled = cancelled();
			present.forEach(cancelled::addSuppressed);
			throw cancelled;
		}
		throw new TaskGroupException(this.name, present);
	}

	private static List<Throwable> present(AtomicReferenceArray<@Nullable Throwable> failures) {
		List<Throwable> present = new ArrayList<>();
		for (int i = 0; i < failures.length(); i++) {
			Throwable failure = failures.get(i);
			if (failure != null) {
				present.add(failure);
			}
		}
		return present;
	}

	private static <T extends @Nullable Object> List<Callable<? extends T>> copyOf(
			Collection<? extends Callable<? extends T>> works) {
		Assert.notNull(works, "'works' must not be null");
		Assert.noNullElements(works, "'works' must not contain null");
		return List.copyOf(works);
	}

	/**
	 * Does work whose failure is not one of the group.
	 * @throws Exception if the work has given up because the group was stopped, which is
	 * no outcome of the work
	 */
	private static <T extends @Nullable Object> Outcome<T> outcome(TaskGroup group, Callable<? extends T> work)
			throws Exception {
		try {
			return new Outcome.Success<>(work.call());
		}
		catch (Throwable ex) {
			if (ex instanceof VirtualMachineError
					|| (group.isCancelled() && Interruption.in(ex) != Interruption.ABSENT)) {
				throw ex;
			}
			return Outcome.failed(ex);
		}
	}

	private static <T extends @Nullable Object> Subtask<T> fork(TaskGroup group, Callable<?> named,
			Callable<? extends T> work) {
		return (named instanceof NamedCallable<?> task) ? group.fork(task.name(), work) : group.fork(work);
	}

	private void inGroup(Consumer<TaskGroup> body) throws InterruptedException {
		this.tasks.inGroup(this.name, this.options, (group) -> {
			body.accept(group);
			return null;
		});
	}

}
