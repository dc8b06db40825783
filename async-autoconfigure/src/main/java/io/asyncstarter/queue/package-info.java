/**
 * Bounded queues of work, their consumers, and what becomes of items that fail.
 */
@NullMarked
package io.asyncstarter.queue;

import org.jspecify.annotations.NullMarked;
