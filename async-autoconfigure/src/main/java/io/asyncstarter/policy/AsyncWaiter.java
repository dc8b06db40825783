package io.asyncstarter.policy;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.DeadlineTimer;

/**
 * A call that waits at a {@link Gate} and holds no thread meanwhile.
 */
final class AsyncWaiter extends Waiter {

	private final Gate gate;

	private final Executor resumer;

	private final Runnable entered;

	private final Runnable refused;

	private volatile DeadlineTimer.@Nullable Timeout timeout;

	private volatile boolean ended;

	/**
	 * Creates a waiter.
	 * @param gate the gate
	 * @param resumer runs what comes after a wait
	 * @param entered what to do when the gate has let the call in, also if that happens
	 * while it is cancelled; the permit is then to be given back
	 * @param refused what to do when it did not within the time
	 */
	AsyncWaiter(Gate gate, Executor resumer, Runnable entered, Runnable refused) {
		this.gate = gate;
		this.resumer = resumer;
		this.entered = entered;
		this.refused = refused;
	}

	void start(long maxWaitNanos, DeadlineTimer timer) {
		switch (this.gate.enter(this, maxWaitNanos)) {
			case ENTERED -> this.entered.run();
			case REFUSED -> this.refused.run();
			case WAIT -> {
				this.timeout = timer.schedule(maxWaitNanos, this::expire);
				if (this.ended) {
					disarm();
				}
			}
		}
	}

	/**
	 * Stops to wait. If the gate has let the call in already, {@code entered} runs.
	 */
	void cancel() {
		if (this.gate.withdraw(this)) {
			disarm();
		}
	}

	@Override
	void granted() {
		disarm();
		this.resumer.execute(this.entered);
	}

	private void expire() {
		if (this.gate.withdraw(this)) {
			this.resumer.execute(this.refused);
		}
	}

	private void disarm() {
		this.ended = true;
		DeadlineTimer.Timeout armed = this.timeout;
		if (armed != null) {
			armed.cancel();
		}
	}

}
