/**
 * Deadlines: points in monotonic time that belong to a scope, are inherited by the work
 * inside it, and interrupt that work when they pass.
 */
@NullMarked
package io.asyncstarter.deadline;

import org.jspecify.annotations.NullMarked;
