/**
 * Finds what keeps threads from doing their work: blocked event loops, starved virtual
 * threads and pinned carriers.
 */
@NullMarked
package io.asyncstarter.monitor;

import org.jspecify.annotations.NullMarked;
