package io.asyncstarter.task;

import reactor.util.context.ContextView;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineThreadLocalAccessor;
import io.asyncstarter.deadline.TaskBound;

/**
 * What work has from its subscriber: from the subscriber's context and, as far as nothing
 * is there, from the thread that subscribes.
 *
 * @param context the context of the work, except for its deadline
 * @param deadline the deadline of the work
 */
record Inherited(TaskContext context, Deadline deadline) {

	static Inherited of(ContextView source) {
		Deadline carried = source.getOrDefault(DeadlineThreadLocalAccessor.KEY, null);
		return new Inherited(TaskBound.detached(() -> TaskContext.capture(source)),
				(carried != null) ? carried : Deadline.current());
	}

}
