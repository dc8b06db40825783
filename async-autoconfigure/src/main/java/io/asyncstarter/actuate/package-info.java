/**
 * Actuator endpoints and meters.
 */
@NullMarked
package io.asyncstarter.actuate;

import org.jspecify.annotations.NullMarked;
