/**
 * Structured concurrency: groups of tasks that start and end together, background work,
 * and the live tree of both.
 */
@NullMarked
package io.asyncstarter.task;

import org.jspecify.annotations.NullMarked;
