/**
 * Ways to see whether something is well.
 */
@NullMarked
package io.asyncstarter.sample.health;

import org.jspecify.annotations.NullMarked;
