/**
 * What deadlines cost, beside the time-outs one would take otherwise.
 */
@NullMarked
package io.asyncstarter.benchmarks.deadline;

import org.jspecify.annotations.NullMarked;
