/**
 * The orderly end of everything that runs when the application stops.
 */
@NullMarked
package io.asyncstarter.lifecycle;

import org.jspecify.annotations.NullMarked;
