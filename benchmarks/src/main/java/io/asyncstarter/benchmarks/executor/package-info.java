/**
 * What bounded executors cost, beside the executors one would take otherwise.
 */
@NullMarked
package io.asyncstarter.benchmarks.executor;

import org.jspecify.annotations.NullMarked;
