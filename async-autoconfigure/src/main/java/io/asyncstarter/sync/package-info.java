/**
 * Synchronisation that asyncio has and the JDK lacks: an
 * {@link io.asyncstarter.sync.Event} that can be set and cleared again, a
 * {@link io.asyncstarter.sync.ConcurrencyLimiter} whose limit can be changed under load,
 * and a {@link io.asyncstarter.sync.Barrier} that survives an interrupted waiter. For
 * locks, semaphores and conditions the JDK's own classes are right.
 */
@NullMarked
package io.asyncstarter.sync;

import org.jspecify.annotations.NullMarked;
