package io.asyncstarter.context;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * What was bound to a thread at the moment when it handed over a piece of work: the
 * context class loader and, if Micrometer's context-propagation library is present, the
 * values of all registered {@code ThreadLocalAccessor}s (logging context, tracing,
 * security and so on).
 * <p>
 * {@link #open(boolean)} makes these values, and no others, visible on the thread that
 * runs the work; closing the returned scope gives the thread back the values that it had
 * before. So a value that the work leaves behind is seen neither by the thread's next
 * task nor, if the caller runs the work itself, by the caller.
 * <p>
 * Instances are immutable and safe for use by multiple threads; the captured values are
 * shared, not copied. A {@link Scope} must be closed on the thread that opened it.
 *
 * @since 0.1.0
 */
public final class TaskContext {

	private static final boolean CONTEXT_PROPAGATION_PRESENT = ClassUtils
		.isPresent("io.micrometer.context.ContextSnapshotFactory", TaskContext.class.getClassLoader());

	/**
	 * The last capture that held nothing but a class loader. Most captures of a service
	 * without propagated values equal it, and a shared instance keeps a million queued
	 * tasks small. A race between two writers only costs an allocation.
	 */
	private static volatile @Nullable TaskContext lastPlain;

	private final @Nullable ClassLoader classLoader;

	private final @Nullable PropagatedValues values;

	private TaskContext(@Nullable ClassLoader classLoader, @Nullable PropagatedValues values) {
		this.classLoader = classLoader;
		this.values = values;
	}

	/**
	 * Captures what is bound to the calling thread.
	 * @return the captured context
	 */
	@SuppressWarnings("ReferenceEquality") // a class loader is itself only
	public static TaskContext capture() {
		ClassLoader classLoader = Thread.currentThread().getContextClassLoader();
		PropagatedValues values = (CONTEXT_PROPAGATION_PRESENT) ? PropagatedValues.capture() : null;
		if (values != null) {
			return new TaskContext(classLoader, values);
		}
		TaskContext plain = lastPlain;
		if (plain == null || plain.classLoader != classLoader) {
			plain = new TaskContext(classLoader, null);
			lastPlain = plain;
		}
		return plain;
	}

	/**
	 * Captures what is bound to the calling thread and, in preference to that, what is in
	 * a context of another kind, such as the one of a reactive subscriber.
	 * @param source a context that Micrometer's context-propagation library can read;
	 * without that library it is not looked at
	 * @return the captured context
	 */
	public static TaskContext capture(Object source) {
		return (CONTEXT_PROPAGATION_PRESENT)
				? new TaskContext(Thread.currentThread().getContextClassLoader(), PropagatedValues.capture(source))
				: capture();
	}

	/**
	 * Binds the captured values to the calling thread and clears those that were not
	 * captured.
	 * @param freshThread whether the calling thread was started for this piece of work
	 * alone and inherited nothing, so that there is nothing to clear
	 * @return the scope to close, on the same thread, when the work has ended
	 */
	@SuppressWarnings("ReferenceEquality") // a class loader is itself only
	public Scope open(boolean freshThread) {
		Scope valuesScope = openValues(freshThread);
		Thread thread = Thread.currentThread();
		ClassLoader previous = thread.getContextClassLoader();
		if (previous != this.classLoader) {
			thread.setContextClassLoader(this.classLoader);
		}
		else if (freshThread && this.values == null) {
			return Scope.NONE;
		}
		return () -> {
			if (thread.getContextClassLoader() != previous) {
				thread.setContextClassLoader(previous);
			}
			valuesScope.close();
		};
	}

	private Scope openValues(boolean freshThread) {
		if (this.values != null) {
			return this.values.open();
		}
		boolean clear = CONTEXT_PROPAGATION_PRESENT && !freshThread;
		return (clear) ? PropagatedValues.openEmpty() : Scope.NONE;
	}

	/**
	 * The time during which a captured context is bound to a thread.
	 */
	@FunctionalInterface
	public interface Scope extends AutoCloseable {

		/**
		 * A scope that has nothing to give back.
		 */
		Scope NONE = () -> {
		};

		/**
		 * Gives the thread back what was bound to it before.
		 */
		@Override
		void close();

	}

}
