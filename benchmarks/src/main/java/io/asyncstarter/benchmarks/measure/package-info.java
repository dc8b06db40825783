/**
 * What benchmarks of several packages measure beside the time.
 */
@NullMarked
package io.asyncstarter.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
