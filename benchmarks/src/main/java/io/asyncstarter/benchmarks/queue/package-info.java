/**
 * What it costs to bring items from producers to consumers.
 */
@NullMarked
package io.asyncstarter.benchmarks.queue;

import org.jspecify.annotations.NullMarked;
