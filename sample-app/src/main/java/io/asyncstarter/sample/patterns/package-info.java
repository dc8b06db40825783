/**
 * The patterns: one class each, found by component scanning. The class is also what the
 * page shows, so it reads from top to bottom.
 */
@NullMarked
package io.asyncstarter.sample.patterns;

import org.jspecify.annotations.NullMarked;
