package io.asyncstarter.sample.gallery;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.AsyncTaskExecutor;

/**
 * What a pattern sees of its run: the parameters, and the recorder of its tasks.
 * Instances are safe for use by multiple threads.
 * <p>
 * A task that is still there when the pattern returns or fails is cancelled.
 *
 * @since 0.1.0
 */
public final class PatternRun {

	private static final long CANCEL_SECONDS = 2;

	private final String id;

	private final ParameterValues parameters;

	private final Recorder recorder;

	private final Queue<Submitted> submitted = new ConcurrentLinkedQueue<>();

	PatternRun(String id, ParameterValues parameters, Recorder recorder) {
		this.id = id;
		this.parameters = parameters;
		this.recorder = recorder;
	}

	/**
	 * The id of the run.
	 * @return an id that no other run has
	 */
	public String id() {
		return this.id;
	}

	/**
	 * A parameter that is a whole number.
	 * @param name the name of the parameter
	 * @return its value
	 */
	public int number(String name) {
		return this.parameters.number(name);
	}

	/**
	 * A parameter that is a number of milliseconds.
	 * @param name the name of the parameter
	 * @return its value
	 */
	public Duration millis(String name) {
		return Duration.ofMillis(this.parameters.number(name));
	}

	/**
	 * A parameter that is a switch.
	 * @param name the name of the parameter
	 * @return its value
	 */
	public boolean flag(String name) {
		return this.parameters.flag(name);
	}

	/**
	 * A parameter that is a choice.
	 * @param name the name of the parameter
	 * @return its value
	 */
	public String choice(String name) {
		return this.parameters.choice(name);
	}

	/**
	 * Hand work to an executor, and draw its life: queued, running, then how it ended.
	 * @param <T> the type of the value
	 * @param executor who is to do the work
	 * @param name the name of the task
	 * @param work the work
	 * @return the executor's own future
	 */
	public <T extends @Nullable Object> Future<T> submit(AsyncTaskExecutor executor, String name, Callable<T> work) {
		return submit(executor, lane("", name), work);
	}

	/**
	 * Hand work to an executor, and draw its life in a given lane.
	 * @param <T> the type of the value
	 * @param executor who is to do the work
	 * @param lane the lane to draw in
	 * @param work the work
	 * @return the executor's own future
	 */
	public <T extends @Nullable Object> Future<T> submit(AsyncTaskExecutor executor, Lane lane, Callable<T> work) {
		lane.queued();
		try {
			Future<T> future = executor.submit(() -> lane.call(work));
			this.submitted.add(new Submitted(future, lane));
			return future;
		}
		catch (RejectedExecutionException ex) {
			lane.ended(ex);
			throw ex;
		}
	}

	/**
	 * Hand work to an executor that opens lanes for what it does by itself.
	 * @param <T> the type of the value
	 * @param executor who is to do the work
	 * @param work the work
	 * @return the executor's own future
	 */
	public <T extends @Nullable Object> Future<T> submit(AsyncTaskExecutor executor, Callable<T> work) {
		return keep(executor.submit(work));
	}

	/**
	 * Cancel a future if it is still there when the pattern returns or fails.
	 * @param <F> the type of the future
	 * @param future the future
	 * @return the future
	 */
	public <F extends Future<?>> F keep(F future) {
		this.submitted.add(new Submitted(future, null));
		return future;
	}

	/**
	 * Open a lane for a task that is not handed over by {@code submit}.
	 * @param group the lanes to draw it with; empty if there is one group only
	 * @param name the name of the task
	 * @return a lane that is in no state yet
	 */
	public Lane lane(String group, String name) {
		return this.recorder.lane(group, name);
	}

	/**
	 * Say something to the reader.
	 * @param text a sentence
	 */
	public void note(String text) {
		this.recorder.record((seq, at) -> new RunEvent.Note(seq, at, text));
	}

	/**
	 * Mark this point in time.
	 * @param name what happened
	 */
	public void mark(String name) {
		this.recorder.record((seq, at) -> new RunEvent.Mark(seq, at, name, null));
	}

	/**
	 * Mark this point in time in a lane.
	 * @param lane the lane
	 * @param name what happened
	 */
	public void mark(Lane lane, String name) {
		this.recorder.record((seq, at) -> new RunEvent.Mark(seq, at, name, lane.number()));
	}

	/**
	 * Draw a number that changes.
	 * @param name what is measured
	 * @param value its new value
	 */
	public void gauge(String name, double value) {
		plot(name, name, Shape.STEPS, value);
	}

	/**
	 * Draw a number that changes, and the limit that it keeps.
	 * @param name what is measured
	 * @param value its new value
	 * @param limit what it may not exceed
	 */
	public void gauge(String name, double value, double limit) {
		this.recorder.record((seq, at) -> new RunEvent.Gauge(seq, at, name, name, Shape.STEPS, value, limit));
	}

	/**
	 * Draw a number that changes, in one chart with others.
	 * @param chart the name of the chart
	 * @param name what is measured
	 * @param shape how to draw it
	 * @param value its new value
	 */
	public void plot(String chart, String name, Shape shape, double value) {
		this.recorder.record((seq, at) -> new RunEvent.Gauge(seq, at, chart, name, shape, value, null));
	}

	/**
	 * Draw how often something happens, in one chart with others.
	 * @param chart the name of the chart
	 * @param name what happens
	 * @param every how much time each point of the drawing stands for
	 * @return the meter to tell of it, until it is closed
	 */
	public RateMeter rate(String chart, String name, Duration every) {
		return new RateMeter(this, chart, name, every);
	}

	/**
	 * Draw the state of something that has states of its own.
	 * @param name whose state it is
	 * @param state the state that it entered
	 * @param tone {@code good}, {@code warn}, {@code bad} or {@code neutral}
	 */
	public void band(String name, String state, String tone) {
		this.recorder.record((seq, at) -> new RunEvent.Band(seq, at, name, state, tone));
	}

	/**
	 * Show a result that is there before the run ends.
	 * @param result the result
	 */
	public void item(Object result) {
		String text = result.toString();
		this.recorder.record((seq, at) -> new RunEvent.Item(seq, at, text));
	}

	/**
	 * Count the tasks of a group so far.
	 * @param group the group; empty if there is one only
	 * @return how many there were, how they ended, and how many ran at once
	 */
	public LaneCounts counts(String group) {
		return this.recorder.counts(group);
	}

	// cancel what the pattern left behind, and see it end
	void close() throws InterruptedException {
		for (Submitted task : this.submitted) {
			if (!task.future().isDone()) {
				task.future().cancel(true);
			}
			Lane lane = task.lane();
			if (lane != null && lane.state() == TaskState.QUEUED) {
				lane.cancelled("never started");
			}
		}
		if (!this.recorder.awaitLanes(CANCEL_SECONDS, TimeUnit.SECONDS)) {
			for (Submitted task : this.submitted) {
				Lane lane = task.lane();
				if (lane != null) {
					lane.cancelled("still running when its run ended");
				}
			}
		}
	}

	private record Submitted(Future<?> future, @Nullable Lane lane) {

	}

}
