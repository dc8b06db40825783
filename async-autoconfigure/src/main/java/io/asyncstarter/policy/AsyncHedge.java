package io.asyncstarter.policy;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.BriefLock;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Attempts of a call that run beside each other, none of which blocks. The first success
 * wins, or for a stream the first element; the losers are cancelled. When all attempts
 * that were started have failed, the call has.
 *
 * @param <T> the type of the result
 */
final class AsyncHedge<T> extends BriefLock implements AsyncStep {

	/*
	 * Invariants. (1) Mutable fields are guarded by the lock. (2) 'winner' is set once,
	 * and only it is listened to from then on. (3) 'ended' is set once, by whoever ends
	 * the hedge; only that one tells the callback.
	 */

	private final AsyncCall<T> call;

	private final AsyncCallback<T> callback;

	private final int number;

	private final List<Branch> branches = new ArrayList<>();

	private int failed;

	private boolean ended;

	private @Nullable Branch winner;

	private @Nullable Throwable failure;

	private DeadlineTimer.@Nullable Timeout next;

	AsyncHedge(AsyncCall<T> call, AsyncCallback<T> callback, int number) {
		this.call = call;
		this.callback = callback;
		this.number = number;
	}

	@Override
	public void start() {
		startBranch();
	}

	private void startBranch() {
		Branch branch = new Branch();
		acquire();
		try {
			if (this.ended || this.winner != null) {
				return;
			}
			this.branches.add(branch);
			Pipeline pipeline = this.call.pipeline();
			this.next = (this.branches.size() > pipeline.hedgeMax) ? null
					: pipeline.timer.schedule(pipeline.hedgeAfterNanos, () -> this.call.resumer().execute(this::hedge));
		}
		finally {
			release();
		}
		branch.attempt.start();
	}

	private void hedge() {
		acquire();
		try {
			if (this.ended || this.winner != null) {
				return;
			}
		}
		finally {
			release();
		}
		this.call.pipeline().events.happened(PolicyEventKind.HEDGED, this.number, null);
		startBranch();
	}

	@Override
	public void cancel() {
		acquire();
		try {
			this.ended = true;
			disarm();
		}
		finally {
			release();
		}
		cancelAllBut(null);
	}

	private void disarm() {
		if (this.next != null) {
			this.next.cancel();
			this.next = null;
		}
	}

	private void cancelAllBut(@Nullable Branch winner) {
		List<Branch> losers;
		acquire();
		try {
			losers = new ArrayList<>(this.branches);
		}
		finally {
			release();
		}
		for (Branch loser : losers) {
			if (loser != winner) {
				loser.attempt.cancel();
			}
		}
	}

	/**
	 * Makes a branch the winner, unless another one is.
	 */
	private boolean win(Branch branch, boolean end) {
		boolean first;
		acquire();
		try {
			if (this.ended || (this.winner != null && this.winner != branch)) {
				return false;
			}
			first = this.winner == null;
			this.winner = branch;
			this.ended = end;
			disarm();
		}
		finally {
			release();
		}
		if (first) {
			cancelAllBut(branch);
		}
		return true;
	}

	private void lose(Branch branch, Throwable latest) {
		acquire();
		try {
			if (this.ended || (this.winner != null && this.winner != branch)) {
				return;
			}
			this.failed++;
			if (this.failure != null) {
				Failures.suppress(latest, this.failure);
			}
			this.failure = latest;
			if (this.failed < this.branches.size() && this.winner == null) {
				return;
			}
			this.ended = true;
			disarm();
		}
		finally {
			release();
		}
		this.callback.failed(latest);
	}

	/**
	 * One of the attempts.
	 */
	private final class Branch implements AsyncCallback<T> {

		private final AsyncAttempt<T> attempt = new AsyncAttempt<>(AsyncHedge.this.call, this, AsyncHedge.this.number);

		@Override
		public void succeeded(@Nullable T result) {
			if (win(this, true)) {
				AsyncHedge.this.callback.succeeded(result);
			}
		}

		@Override
		public void failed(Throwable failure) {
			lose(this, failure);
		}

		@Override
		public boolean committed() {
			return win(this, false) && AsyncHedge.this.callback.committed();
		}

	}

}
