/**
 * Named executors with a bound on running tasks, a bound on waiting ones, and an answer
 * to what happens beyond both.
 */
@NullMarked
package io.asyncstarter.executor;

import org.jspecify.annotations.NullMarked;
