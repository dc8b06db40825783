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

	private boolean interrupted;

	private @Nullable Throwable interruption;

	private boolean exceeded;

	private @Nullable Throwable failure;

	private boolean decided;

	GroupEnd(String name, GroupTasks tasks, GroupScope scope) {
		this.name = name;
		this.tasks = tasks;
		this.scope = scope;
	}

	/**
	 * Notes that the owner has waited for the tasks after its body.
	 * @param interrupted whether it was interrupted meanwhile
	 * @param outerAnswers whether a scope around the group answers for its expiry
	 */
	void joined(boolean interrupted, boolean outerAnswers) {
		GroupStop stop = this.tasks.stop();
		boolean exceeded = stop != null && stop.cause() == GroupStop.Cause.DEADLINE
				&& this.tasks.children().isIncomplete();
		this.exceeded = exceeded && !outerAnswers;
		this.interrupted = interrupted || (exceeded && outerAnswers);
	}

	/**
	 * Notes that the body has failed.
	 * @param failure what it threw
	 * @param own whether that is the interruption by the group
	 * @param cancelled whether it is an interruption by somebody else
	 * @param again whether the owner was interrupted while it waited for the tasks
	 */
	void bodyFailed(Throwable failure, boolean own, boolean cancelled, boolean again) {
		this.exceeded = own && this.scope.isDeadlineExceeded();
		this.interrupted = cancelled || again;
		this.interruption = (own || cancelled) ? failure : null;
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
		List<Throwable> failures = this.tasks.children().failures();
		for (Throwable candidate : failures) {
			if (candidate instanceof VirtualMachineError) {
				suppressOthers(candidate, failures);
				return candidate;
			}
		}
		if (this.exceeded) {
			DeadlineExceededException exceeded = this.scope.exception(this.name, this.interruption);
			suppressOthers(exceeded, failures);
			return exceeded;
		}
		if (!failures.isEmpty()) {
			return new TaskGroupException(this.name, failures);
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

	private static void suppressOthers(Throwable failure, List<Throwable> others) {
		for (Throwable other : others) {
			if (other != failure) {
				failure.addSuppressed(other);
			}
		}
	}

	private InterruptedException interruptedException() {
		if (this.interruption instanceof InterruptedException original) {
			return original;
		}
		InterruptedException translated = new InterruptedException(
				"Interrupted in group '%s'".formatted(this.name));
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
