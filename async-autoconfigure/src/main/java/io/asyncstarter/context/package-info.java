/**
 * Capture and restore of the state that is bound to a thread, so that it follows the
 * work.
 */
@NullMarked
package io.asyncstarter.context;

import org.jspecify.annotations.NullMarked;
