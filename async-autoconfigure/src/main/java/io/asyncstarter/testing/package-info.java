/**
 * For tests of code that runs concurrently: {@link io.asyncstarter.testing.NoLeaks}, by
 * which a test fails that leaves threads, tasks, permits or timers behind, and
 * {@link io.asyncstarter.testing.ManualDeadlineTimer}, time that the test moves by hand.
 * The former needs JUnit.
 */
@NullMarked
package io.asyncstarter.testing;

import org.jspecify.annotations.NullMarked;
