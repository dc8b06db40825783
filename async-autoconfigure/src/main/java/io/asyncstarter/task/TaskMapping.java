package io.asyncstarter.task;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import reactor.core.publisher.Flux;

import io.asyncstarter.executor.BoundedExecutor;

/**
 * A function that is called with each of many items, with a bounded number of them at a
 * time. The items may be more than fit in memory, or endless: they are pulled as results
 * are asked for, on the thread that asks, and no more than limit and window are held at
 * once.
 * <p>
 * The first failure, of the function or of the source, cancels what runs and is raised at
 * once, before earlier items' results that are still missing. Deadline and context of the
 * thread that asks apply to the function.
 * <p>
 * Instances are immutable and safe for use by multiple threads, as far as the source can
 * be iterated more than once.
 *
 * @param <T> the type of the items
 * @param <R> the type of the results
 * @since 0.1.0
 */
public final class TaskMapping<T, R extends @Nullable Object> {

	private final Tasks tasks;

	private final Iterable<? extends T> items;

	private final TaskFunction<? super T, ? extends R> function;

	private final MapSettings settings;

	TaskMapping(Tasks tasks, Iterable<? extends T> items, TaskFunction<? super T, ? extends R> function,
			MapSettings settings) {
		this.tasks = tasks;
		this.items = items;
		this.function = function;
		this.settings = settings;
	}

	/**
	 * Returns the same mapping by a name.
	 * @param name the name that shows in threads and exceptions, and whose group settings
	 * apply to {@link #list()}; "map" by default
	 * @return the changed mapping
	 */
	public TaskMapping<T, R> name(String name) {
		return with(new MapSettings(name, this.settings.limit(), this.settings.window(), this.settings.ordered(),
				this.settings.executor()));
	}

	/**
	 * Returns the same mapping with another window.
	 * @param window how many results may wait to be handed out while as many items as the
	 * limit says are worked on; as many as the limit by default. Zero and more
	 * @return the changed mapping
	 */
	public TaskMapping<T, R> window(int window) {
		return with(new MapSettings(this.settings.name(), this.settings.limit(), window, this.settings.ordered(),
				this.settings.executor()));
	}

	/**
	 * Returns the same mapping with results in the order of their completion, rather than
	 * in the order of the items.
	 * @return the changed mapping
	 */
	public TaskMapping<T, R> unordered() {
		return with(new MapSettings(this.settings.name(), this.settings.limit(), this.settings.window(), false,
				this.settings.executor()));
	}

	/**
	 * Returns the same mapping on an executor, rather than on virtual threads.
	 * @param executor the name of the executor
	 * @return the changed mapping
	 */
	public TaskMapping<T, R> executor(String executor) {
		return executor(this.tasks.executor(executor));
	}

	/**
	 * Returns the same mapping on an executor, rather than on virtual threads.
	 * @param executor the executor
	 * @return the changed mapping
	 */
	public TaskMapping<T, R> executor(BoundedExecutor executor) {
		Assert.notNull(executor, "'executor' must not be null");
		return with(new MapSettings(this.settings.name(), this.settings.limit(), this.settings.window(),
				this.settings.ordered(), executor));
	}

	private TaskMapping<T, R> with(MapSettings settings) {
		return new TaskMapping<>(this.tasks, this.items, this.function, settings);
	}

	/**
	 * Waits for all results, in a group of the mapping's name.
	 * @return the results, unmodifiable
	 * @throws InterruptedException if the thread was interrupted; everything has been
	 * cancelled and has ended
	 * @throws io.asyncstarter.deadline.DeadlineExceededException if the deadline of the
	 * group passed first
	 * @throws Exception what failed first, be it the function or the source
	 */
	public List<R> list() throws Exception {
		FirstFailure first = new FirstFailure();
		TaskGroup group = this.tasks.group(this.settings.name(), this::configure);
		try {
			List<R> results = group.<@Nullable List<R>>run((open) -> list(open, first));
			if (results == null) {
				throw group.cancellation();
			}
			return results;
		}
		catch (TaskGroupException ex) {
			throw first.of(ex);
		}
	}

	private List<R> list(TaskGroup group, FirstFailure first) throws Exception {
		MapEngine<T, R> engine = new MapEngine<>(this.settings, this.items.iterator(), this.function,
				new GroupStarter<>(group, first));
		List<R> results = new ArrayList<>();
		for (MapSlot<T, R> next = engine.next(); next != null; next = engine.next()) {
			Throwable failure = next.failure();
			if (failure != null) {
				group.join();
				throw new CompletionException(failure);
			}
			results.add(next.result());
		}
		return Collections.unmodifiableList(results);
	}

	private void configure(TaskGroupOptions.Builder options) {
		BoundedExecutor executor = this.settings.executor();
		if (executor != null) {
			options.executor(executor);
		}
	}

	/**
	 * Returns the results as a stream. Nothing is pulled and started before its terminal
	 * operation asks for the first result, and nothing more when it has had enough. Close
	 * the stream unless it is read to its end: that cancels what runs, and waits until it
	 * has ended. What is not closed runs to its end, which nobody sees.
	 * <p>
	 * The stream is sequential. A checked exception of the function is raised as the
	 * cause of a {@link java.util.concurrent.CompletionException}, an interrupt of the
	 * thread as that of a {@link java.util.concurrent.CancellationException}, with the
	 * interrupt flag set.
	 * @return a new stream
	 */
	public Stream<R> stream() {
		MapSpliterator<T, R> results = new MapSpliterator<>(this.tasks, this.settings, this.items, this.function);
		return StreamSupport.stream(results, false).onClose(results::close);
	}

	/**
	 * Returns the results as a Flux. Each subscription is a mapping of its own. Items are
	 * pulled on a thread of Reactor's bounded elastic scheduler, so the source may block;
	 * the limit is that of Reactor's {@code flatMap}, and the window is not used. A
	 * {@code null} result is left out. Cancelling the subscription interrupts what runs.
	 * Requires Reactor.
	 * @return a Flux of the results
	 */
	public Flux<R> flux() {
		return ReactiveMapping.blocking(this.settings, this.items, this.function);
	}

}
