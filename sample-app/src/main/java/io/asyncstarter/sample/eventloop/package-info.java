/**
 * How late the event loops are while something else goes on.
 */
@NullMarked
package io.asyncstarter.sample.eventloop;

import org.jspecify.annotations.NullMarked;
