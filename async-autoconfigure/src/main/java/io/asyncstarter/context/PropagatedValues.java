package io.asyncstarter.context;

import java.util.List;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.context.TaskContext.Scope;

/**
 * The values of the {@code ThreadLocalAccessor}s of Micrometer's context-propagation
 * library; the only class here that needs that library.
 */
final class PropagatedValues {

	private static final ContextSnapshotFactory CLEARING_FACTORY = ContextSnapshotFactory.builder()
		.clearMissing(true)
		.build();

	private static final PropagatedValues EMPTY = new PropagatedValues(CLEARING_FACTORY.captureFrom());

	private final ContextSnapshot snapshot;

	private PropagatedValues(ContextSnapshot snapshot) {
		this.snapshot = snapshot;
	}

	/**
	 * Captures the values of the calling thread.
	 * @return the values or {@code null} if there are none
	 */
	static @Nullable PropagatedValues capture() {
		List<ThreadLocalAccessor<?>> accessors = ContextRegistry.getInstance().getThreadLocalAccessors();
		for (int i = 0; i < accessors.size(); i++) {
			if (accessors.get(i).getValue() != null) {
				return new PropagatedValues(CLEARING_FACTORY.captureAll());
			}
		}
		return null;
	}

	/**
	 * Captures the values of the calling thread and, in preference to these, those of
	 * another context.
	 */
	static PropagatedValues capture(Object source) {
		return new PropagatedValues(CLEARING_FACTORY.captureAll(source));
	}

	/**
	 * Clears all values of the calling thread until the scope is closed.
	 * @return the scope that gives them back
	 */
	static Scope openEmpty() {
		return EMPTY.open();
	}

	Scope open() {
		ContextSnapshot.Scope scope = this.snapshot.setThreadLocals();
		return scope::close;
	}

}
