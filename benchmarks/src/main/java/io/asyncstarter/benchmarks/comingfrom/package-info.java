/**
 * The same policy in several libraries, as the documentation shows it side by side.
 */
@NullMarked
package io.asyncstarter.benchmarks.comingfrom;

import org.jspecify.annotations.NullMarked;
