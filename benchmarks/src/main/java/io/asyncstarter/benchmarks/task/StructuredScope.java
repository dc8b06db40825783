package io.asyncstarter.benchmarks.task;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The JDK's {@code StructuredTaskScope}. It is a preview: a class that named it could be
 * loaded by one release of the JDK only, and with {@code --enable-preview}. So it is
 * called by method handles, which the compiler sees through as constants.
 */
final class StructuredScope implements Children {

	private static final MethodHandle OPEN = handle("", "open");

	private static final MethodHandle FORK = handle("", "fork", Callable.class);

	private static final MethodHandle JOIN = handle("", "join");

	private static final MethodHandle CLOSE = handle("", "close");

	private static final MethodHandle GET = handle("$Subtask", "get");

	private final Object scope;

	private final List<Object> subtasks = new ArrayList<>();

	StructuredScope() {
		try {
			this.scope = (Object) OPEN.invokeExact();
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void fork(Callable<Integer> work) {
		try {
			this.subtasks.add((Object) FORK.invokeExact(this.scope, work));
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public long join() {
		try {
			Object ignored = (Object) JOIN.invokeExact(this.scope);
			long sum = 0;
			for (Object subtask : this.subtasks) {
				sum += (Integer) (Object) GET.invokeExact(subtask);
			}
			return sum;
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		try {
			CLOSE.invokeExact(this.scope);
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Finds a method of the scope, or of a type nested in it, by its name and arguments,
	 * and has it take and return nothing more special than an object.
	 */
	private static MethodHandle handle(String nested, String name, Class<?>... arguments) {
		try {
			Class<?> type = Class.forName("java.util.concurrent.StructuredTaskScope" + nested);
			MethodHandle method = MethodHandles.publicLookup().unreflect(type.getMethod(name, arguments));
			MethodType precise = method.type();
			MethodType general = (precise.returnType() != void.class) ? precise.changeReturnType(Object.class)
					: precise;
			return method.asType((name.equals("open")) ? general : general.changeParameterType(0, Object.class));
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

}
