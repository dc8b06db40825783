package io.asyncstarter.task;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.deadline.DeadlineExceededException;

/**
 * How a group ends, decided when its last task has ended: by a result, a failure or a
 * cancellation. Used by the owner only.
 */
final class GroupEnd {

	private final String name;

	private final GroupTasks tasks;

	private final GroupScope scope;

	private final List<Throwable> failures;

	private boolean interrupted;

	private @Nullable Throwable interruption;

	private boolean exceeded;

	private @Nullable Throwable failure;

	private boolean decided;

	GroupEnd(String name, GroupTasks tasks, GroupScope scope) {
		this.name = name;
		this.tasks = tasks;
		this.scope = scope;
		this.failures = tasks.children().takeFailures();
	}

	/**
	 * Notes that the owner has waited for the tasks after its body, or instead of it.
	 * @param interrupted whether it was interrupted meanwhile
	 * @param outerAnswers whether a scope around the group answers for its expiry
	 */
	GroupEnd afterBody(boolean interrupted, boolean outerAnswers) {
		boolean cut = isStoppedByDeadline() && (this.tasks.children().isIncomplete() || !this.failures.isEmpty());
		this.exceeded = cut && !outerAnswers;
		this.interrupted = interrupted;
		if (cut && outerAnswers) {
			// What is thrown for it stands for the flag, which may be set or not.
			Thread.interrupted();
			this.interrupted = true;
		}
		return this;
	}

	/**
	 * Notes that the body has failed.
	 * @param failure what it threw
	 * @param own whether that is the interruption by the group
	 * @param cancelled whether it is an interruption by somebody else
	 * @param again whether the owner was interrupted while it waited for the tasks
	 */
	GroupEnd bodyFailed(Throwable failure, boolean own, boolean cancelled, boolean again) {
		this.exceeded = (own) ? this.scope.isDeadlineExceeded()
				: !cancelled && isStoppedByDeadline() && !this.scope.isCancelledFromAround();
		this.interrupted = cancelled || again;
		this.interruption = (own || cancelled) ? failure : null;
		return this;
	}

	private boolean isStoppedByDeadline() {
		GroupStop stop = this.tasks.stop();
		return stop != null && stop.cause() == GroupStop.Cause.DEADLINE;
	}

	/**
	 * Returns what the group throws, or {@code null} if it throws nothing.
	 */
	@Nullable Throwable failure() {
		if (!this.decided) {
			this.decided = true;
			this.failure = decide();
		}
		return this.failure;
	}

	private @Nullable Throwable decide() {
		for (Throwable candidate : this.failures) {
			if (candidate instanceof VirtualMachineError) {
				suppressOthers(candidate);
				return candidate;
			}
		}
		if (this.exceeded) {
			DeadlineExceededException exceeded = this.scope.exception(this.name, this.interruption);
			suppressOthers(exceeded);
			return exceeded;
		}
		if (!this.failures.isEmpty()) {
			return new TaskGroupException(this.name, this.failures);
		}
		return (this.interrupted) ? interruptedException() : null;
	}

	GroupOutcome outcome() {
		Throwable failure = failure();
		if (failure != null) {
			if (this.exceeded) {
				return GroupOutcome.DEADLINE_EXCEEDED;
			}
			return (failure instanceof InterruptedException) ? GroupOutcome.INTERRUPTED : GroupOutcome.FAILED;
		}
		return (this.tasks.stop() != null) ? GroupOutcome.CANCELLED : GroupOutcome.SUCCEEDED;
	}

	private void suppressOthers(Throwable failure) {
		for (Throwable other : this.failures) {
			if (!other.equals(failure)) {
				failure.addSuppressed(other);
			}
		}
	}

	private InterruptedException interruptedException() {
		if (this.interruption instanceof InterruptedException original) {
			return original;
		}
		InterruptedException translated = new InterruptedException("Interrupted in group '%s'".formatted(this.name));
		if (this.interruption != null) {
			translated.initCause(this.interruption);
		}
		return translated;
	}

	/**
	 * Throws what there is to throw. If that is not the interruption of the owner, the
	 * interrupt flag tells of it.
	 */
	void raise() throws InterruptedException {
		if (failure() instanceof InterruptedException cancelled) {
			throw cancelled;
		}
		raiseUnchecked();
	}

	/**
	 * Does the same where an interruption can only be told by the flag.
	 */
	void raiseUnchecked() {
		Throwable toThrow = failure();
		if (toThrow != null && (this.interrupted || this.scope.isCancelledFromAround())) {
			Thread.currentThread().interrupt();
		}
		if (toThrow instanceof RuntimeException ex) {
			throw ex;
		}
		if (toThrow instanceof Error ex) {
			throw ex;
		}
	}

}
