package io.asyncstarter.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Attempts of one call that run beside each other, each on a virtual thread, and the
 * caller's wait for the first success. The losers are interrupted, and have ended when
 * the call returns. Used once, by one thread.
 *
 * @param <T> the type of the result
 */
final class HedgedCall<T extends @Nullable Object> {

	private final Pipeline pipeline;

	private final int number;

	private final Callable<T> attempt;

	private final TaskContext context = TaskContext.capture();

	private final Deadline deadline = Deadline.current();

	private final List<Attempt> attempts = new ArrayList<>();

	/**
	 * The attempts that have ended; empty in place of one when it is time for the next.
	 */
	private final BlockingQueue<List<Attempt>> signals = new LinkedBlockingQueue<>();

	private DeadlineTimer.@Nullable Timeout next;

	HedgedCall(Pipeline pipeline, int number, Callable<T> attempt) {
		this.pipeline = pipeline;
		this.number = number;
		this.attempt = attempt;
	}

	T call() throws Exception {
		try {
			start();
			return firstSuccess().resultNow();
		}
		finally {
			if (this.next != null) {
				this.next.cancel();
			}
			cancelAndAwaitAll();
		}
	}

	private Attempt firstSuccess() throws Exception {
		@Nullable Throwable failure = null;
		for (int ended = 0; ended < this.attempts.size();) {
			List<Attempt> signal = this.signals.take();
			if (signal.isEmpty()) {
				this.pipeline.events.happened(PolicyEventKind.HEDGED, this.number, null);
				start();
				continue;
			}
			Attempt attempt = signal.getFirst();
			if (attempt.state() == Future.State.SUCCESS) {
				return attempt;
			}
			ended++;
			Throwable latest = attempt.exceptionNow();
			if (failure != null) {
				Failures.suppress(latest, failure);
			}
			failure = latest;
		}
		if (failure instanceof Error error) {
			throw error;
		}
		throw (failure instanceof Exception ex) ? ex : new IllegalStateException(failure);
	}

	private void start() {
		Attempt started = new Attempt();
		this.attempts.add(started);
		// The delay counts from before the attempt, however late this thread goes on.
		this.next = (this.attempts.size() > this.pipeline.hedgeMax) ? null
				: this.pipeline.timer.schedule(this.pipeline.hedgeAfterNanos, () -> this.signals.add(List.of()));
		started.thread.start();
	}

	private void cancelAndAwaitAll() {
		for (Attempt attempt : this.attempts) {
			if (!attempt.isDone()) {
				attempt.thread.interrupt();
			}
		}
		boolean interrupted = false;
		for (Attempt attempt : this.attempts) {
			while (true) {
				try {
					attempt.thread.join();
					break;
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private T inContext() throws Exception {
		TaskContext.Scope scope = this.context.open(true);
		try {
			return (this.deadline.isUnbounded()) ? this.attempt.call()
					: this.deadline.call(this.pipeline.name, this.attempt);
		}
		finally {
			scope.close();
		}
	}

	/**
	 * An attempt on its thread.
	 */
	private final class Attempt extends FutureTask<T> {

		private final Thread thread;

		Attempt() {
			super(HedgedCall.this::inContext);
			this.thread = Thread.ofVirtual()
				.name(HedgedCall.this.pipeline.name + "-hedge-" + HedgedCall.this.attempts.size())
				.inheritInheritableThreadLocals(false)
				.unstarted(this);
		}

		@Override
		protected void done() {
			HedgedCall.this.signals.add(List.of(this));
		}

	}

}
