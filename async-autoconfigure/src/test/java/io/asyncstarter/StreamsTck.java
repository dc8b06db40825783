package io.asyncstarter;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.TestAbortedException;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.SkipException;
import org.testng.annotations.Test;

/**
 * Runs the Reactive Streams TCK, which is written for TestNG, by JUnit: a dynamic test
 * for each of its methods, and for each of its skips an aborted one.
 */
public final class StreamsTck {

	private StreamsTck() {
	}

	/**
	 * Returns the tests of a verification.
	 * @param verification creates the verification, once for each test
	 * @return the tests
	 */
	public static Stream<DynamicTest> tests(Supplier<? extends PublisherVerification<?>> verification) {
		return Arrays.stream(PublisherVerification.class.getMethods())
			.filter((method) -> method.isAnnotationPresent(Test.class))
			.sorted(Comparator.comparing(Method::getName))
			.map((method) -> DynamicTest.dynamicTest(method.getName(), () -> run(verification.get(), method)));
	}

	private static void run(PublisherVerification<?> verification, Method method) throws Throwable {
		verification.setUp();
		try {
			method.invoke(verification);
		}
		catch (InvocationTargetException ex) {
			Throwable failure = ex.getTargetException();
			throw (failure instanceof SkipException)
					? new TestAbortedException(String.valueOf(failure.getMessage()), failure) : failure;
		}
	}

}
