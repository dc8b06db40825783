/**
 * What tasks cost, beside what one would take otherwise.
 */
@NullMarked
package io.asyncstarter.benchmarks.task;

import org.jspecify.annotations.NullMarked;
