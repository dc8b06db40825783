package io.asyncstarter.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Makes a test fail that leaves something behind; see {@link LeakCheck} for what. Put it
 * on a test class or on a single test.
 *
 * @since 0.1.0
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(LeakCheck.class)
public @interface NoLeaks {

	/**
	 * How long a test's leftovers may take to go away after the test has ended, in
	 * milliseconds.
	 * @return the time in milliseconds
	 */
	long graceMillis() default LeakCheck.DEFAULT_GRACE_MILLIS;

	/**
	 * Regular expressions for the names of threads that may stay, besides those that the
	 * JDK, JUnit and Reactor share between all.
	 * @return the expressions
	 */
	String[] ignoreThreads() default {};

}
