package io.asyncstarter.task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.util.Assert;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineThreadLocalAccessor;
import io.asyncstarter.executor.BoundedExecutor;

/**
 * The verbs of {@link Tasks} for work that is a Mono, and the two bridges between work
 * that blocks and work that does not. Nothing here blocks, except {@link #join}.
 * <p>
 * Nothing starts before somebody subscribes, and cancelling a subscription cancels
 * everything that it has started. Deadline and context are those of the subscriber.
 * <p>
 * A Mono that completes without a value stands for the result {@code null}. Instances are
 * safe for use by multiple threads. Requires Reactor.
 *
 * @since 0.1.0
 * @see Tasks#reactive()
 */
public final class ReactiveTasks {

	private static final String DEFAULT_EXECUTOR = "io";

	private final Tasks tasks;

	ReactiveTasks(Tasks tasks) {
		this.tasks = tasks;
	}

	/**
	 * Does all work at a time; its results are in the order of the work. The first
	 * failure cancels the rest.
	 * @param <T> the type of the results
	 * @param works the work; none gives an empty list
	 * @return the results, unmodifiable
	 */
	@SafeVarargs
	@SuppressWarnings("varargs") // the array is only read
	public final <T> Mono<List<T>> gather(Mono<? extends T>... works) {
		return gather(Arrays.asList(works));
	}

	/**
	 * Does all work at a time; its results are in the order of the work. The first
	 * failure cancels the rest.
	 * @param <T> the type of the results
	 * @param works the work; none gives an empty list
	 * @return the results, unmodifiable; {@code null} in place of a value that is missing
	 */
	public <T> Mono<List<T>> gather(Collection<? extends Mono<? extends T>> works) {
		List<Mono<Optional<T>>> present = new ArrayList<>();
		copyOf(works)
			.forEach((work) -> present.add(work.<Optional<T>>map(Optional::of).defaultIfEmpty(Optional.empty())));
		return (present.isEmpty()) ? Mono.just(List.of()) : Mono.zip(present, ReactiveTasks::unwrap);
	}

	@SuppressWarnings("unchecked") // what gather has put there
	private static <T> List<T> unwrap(Object[] results) {
		List<@Nullable T> values = new ArrayList<>(results.length);
		for (Object result : results) {
			values.add(((Optional<T>) result).orElse(null));
		}
		return Collections.unmodifiableList(values);
	}

	/**
	 * Does all work at a time; every outcome is in the order of the work. Failures cancel
	 * nothing.
	 * @param <T> the type of the results
	 * @param works the work; none gives an empty list
	 * @return the outcomes, unmodifiable
	 */
	@SafeVarargs
	@SuppressWarnings("varargs") // the array is only read
	public final <T> Mono<List<Outcome<@Nullable T>>> settle(Mono<? extends T>... works) {
		return settle(Arrays.asList(works));
	}

	/**
	 * Does all work at a time; every outcome is in the order of the work. Failures cancel
	 * nothing.
	 * @param <T> the type of the results
	 * @param works the work; none gives an empty list
	 * @return the outcomes, unmodifiable
	 */
	public <T> Mono<List<Outcome<@Nullable T>>> settle(Collection<? extends Mono<? extends T>> works) {
		List<Mono<Outcome<@Nullable T>>> outcomes = new ArrayList<>();
		copyOf(works).forEach((work) -> outcomes.add(outcome(work)));
		return gather(outcomes);
	}

	/**
	 * Does all work at a time; the first result wins, and the rest is cancelled.
	 * @param <T> the type of the result
	 * @param works the work, at least one piece
	 * @return the first result, or a {@link TaskGroupException} of all failures if there
	 * is none
	 */
	@SafeVarargs
	@SuppressWarnings("varargs") // the array is only read
	public final <T> Mono<T> race(Mono<? extends T>... works) {
		return race(Arrays.asList(works));
	}

	/**
	 * Does all work at a time; the first result wins, and the rest is cancelled.
	 * @param <T> the type of the result
	 * @param works the work, at least one piece
	 * @return the first result, or a {@link TaskGroupException} of all failures if there
	 * is none
	 */
	public <T> Mono<T> race(Collection<? extends Mono<? extends T>> works) {
		List<Mono<? extends T>> all = copyOf(works);
		Assert.notEmpty(all, "'works' must not be empty: there would be no winner");
		return completions(all).takeUntil((completion) -> completion.outcome().isSuccess())
			.collectList()
			.flatMap(ReactiveTasks::winner);
	}

	private static <T> Mono<T> winner(List<Completion<T>> completions) {
		Outcome<@Nullable T> last = completions.getLast().outcome();
		if (last.isSuccess()) {
			return Mono.justOrEmpty(last.orElseThrow());
		}
		return Mono.error(new TaskGroupException("race",
				completions.stream()
					.sorted(Comparator.comparingInt(Completion::index))
					.flatMap((completion) -> completion.outcome().failure().stream())
					.toList()));
	}

	/**
	 * Does all work at a time and tells every outcome when it is there. Failures cancel
	 * nothing.
	 * @param <T> the type of the results
	 * @param works the work
	 * @return the outcomes in the order of completion
	 */
	@SafeVarargs
	@SuppressWarnings("varargs") // the array is only read
	public final <T> Flux<Outcome<@Nullable T>> asCompleted(Mono<? extends T>... works) {
		return asCompleted(Arrays.asList(works));
	}

	/**
	 * Does all work at a time and tells every outcome when it is there. Failures cancel
	 * nothing.
	 * @param <T> the type of the results
	 * @param works the work
	 * @return the outcomes in the order of completion
	 */
	public <T> Flux<Outcome<@Nullable T>> asCompleted(Collection<? extends Mono<? extends T>> works) {
		return ReactiveTasks.<T>completions(copyOf(works)).map(Completion::outcome);
	}

	private static <T> Flux<Completion<T>> completions(List<Mono<? extends T>> works) {
		return Flux.range(0, works.size())
			.flatMap((index) -> ReactiveTasks.<T>outcome(works.get(index))
				.map((outcome) -> new Completion<T>(index, outcome)), Math.max(1, works.size()), 1);
	}

	private static <T> Mono<Outcome<@Nullable T>> outcome(Mono<? extends T> work) {
		return work.<Outcome<@Nullable T>>map(Outcome.Success::new)
			.defaultIfEmpty(new Outcome.Success<>(null))
			.onErrorResume((failure) -> Mono.just(Outcome.failed(failure)));
	}

	private static <T> List<Mono<? extends T>> copyOf(Collection<? extends Mono<? extends T>> works) {
		Assert.notNull(works, "'works' must not be null");
		Assert.noNullElements(works, "'works' must not contain null");
		return List.copyOf(works);
	}

	/**
	 * Does work, and does it again beside itself whenever it takes too long. The first
	 * result wins, the other attempts are cancelled.
	 * @param <T> the type of the result
	 * @param after how long the latest attempt may take before there is another one
	 * @param max how many further attempts there may be, at least 1
	 * @param work makes the work of an attempt, which must be safe to be done twice
	 * @return the result
	 */
	public <T> Mono<T> hedge(Duration after, int max, Supplier<? extends Mono<? extends T>> work) {
		return this.tasks.hedging(after, max).mono(work);
	}

	/**
	 * Does work with each of many items, with a bounded number of them at a time, and
	 * tells the results in the order of the items. Items are pulled as results are asked
	 * for, on a thread of Reactor's bounded elastic scheduler, so the source may block.
	 * @param <T> the type of the items
	 * @param <R> the type of the results
	 * @param items the items, which may be endless
	 * @param limit how many items are worked on at once, at least 1
	 * @param work makes the work on an item
	 * @return the results
	 */
	public <T, R> Flux<R> map(Iterable<? extends T> items, int limit,
			Function<? super T, ? extends Publisher<? extends R>> work) {
		Assert.notNull(items, "'items' must not be null");
		Assert.notNull(work, "'work' must not be null");
		return ReactiveMapping.flux(MapSettings.of(limit), items, work);
	}

	/**
	 * Does work that blocks on a thread of the executor {@value #DEFAULT_EXECUTOR}, or on
	 * a virtual one if there is no executor of that name.
	 * @param <T> the type of the result
	 * @param work the work, which is interrupted when the subscription is cancelled;
	 * {@code null} completes without a value
	 * @return the result
	 */
	public <T> Mono<T> blocking(Callable<? extends @Nullable T> work) {
		return blocking(this.tasks.findExecutor(DEFAULT_EXECUTOR), work);
	}

	/**
	 * Does work that blocks on a thread of an executor.
	 * @param <T> the type of the result
	 * @param executor the name of the executor
	 * @param work the work, which is interrupted when the subscription is cancelled;
	 * {@code null} completes without a value
	 * @return the result, or the rejection if the executor refuses the work
	 */
	public <T> Mono<T> blocking(String executor, Callable<? extends @Nullable T> work) {
		return blocking(this.tasks.executor(executor), work);
	}

	private static <T> Mono<T> blocking(@Nullable BoundedExecutor executor, Callable<? extends @Nullable T> work) {
		Assert.notNull(work, "'work' must not be null");
		return new BlockingCall<T>("blocking", executor, work).mono();
	}

	/**
	 * Waits for work that does not block, on a thread that may: the way back from
	 * {@link #blocking(Callable)}. The work has the thread's context and deadline. If the
	 * thread is interrupted, so also when a deadline around it passes, the work is
	 * cancelled.
	 * @param <T> the type of the result
	 * @param work the work
	 * @return the result, or {@code null} if there is none
	 * @throws IllegalStateException if the thread is one of an event loop, or another
	 * that Reactor does not allow to block
	 * @throws InterruptedException if the thread was interrupted
	 * @throws Exception what the work failed with
	 */
	public <T> @Nullable T join(Mono<T> work) throws Exception {
		Assert.notNull(work, "'work' must not be null");
		Assert.state(!Schedulers.isInNonBlockingThread(),
				() -> ("Thread '%s' must not wait for a Mono: it serves others, which would wait too. "
						+ "Return the Mono, or wait inside of blocking(...)")
					.formatted(Thread.currentThread().getName()));
		Deadline deadline = Deadline.current();
		return (deadline.isUnbounded()) ? await(work) : deadline.<@Nullable T>call("join", () -> await(work));
	}

	private static <T> @Nullable T await(Mono<T> work) throws Exception {
		Deadline deadline = Deadline.current();
		Mono<T> inContext = work.contextCapture();
		CompletableFuture<@Nullable T> future = ((deadline.isUnbounded()) ? inContext
				: inContext.contextWrite(Context.of(DeadlineThreadLocalAccessor.KEY, deadline)))
			.toFuture();
		try {
			return future.get();
		}
		catch (InterruptedException ex) {
			future.cancel(true);
			throw ex;
		}
		catch (ExecutionException ex) {
			throw thrown(ex);
		}
	}

	private static Exception thrown(ExecutionException wrapped) {
		Throwable failure = (wrapped.getCause() != null) ? Exceptions.unwrap(wrapped.getCause()) : wrapped;
		if (failure instanceof Error error) {
			throw error;
		}
		return (failure instanceof Exception ex) ? ex : wrapped;
	}

	/**
	 * Does work that goes on in the background if the subscription is cancelled.
	 * @param <T> the type of the result
	 * @param name the name of the background task
	 * @param deadline how long the work has, instead of the subscriber's deadline
	 * @param work the work
	 * @return the result
	 * @see Tasks#shield
	 */
	public <T> Mono<T> shield(String name, Duration deadline, Mono<T> work) {
		BackgroundOptions options = BackgroundOptions.builder().deadline(deadline).build();
		return Mono.deferContextual((context) -> {
			Mono<T> inContext = work.contextWrite(Context.of(context).delete(DeadlineThreadLocalAccessor.KEY));
			BackgroundTask<@Nullable T> task = this.tasks.background(name, options, () -> join(inContext));
			return Mono.fromFuture(task.toCompletableFuture(), true);
		});
	}

	/**
	 * A piece of work that has ended.
	 *
	 * @param <T> the type of the result
	 * @param index where it stood in the order of the work
	 * @param outcome what came of it
	 */
	private record Completion<T>(int index, Outcome<@Nullable T> outcome) {

	}

}
