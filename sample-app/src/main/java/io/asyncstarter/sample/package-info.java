/**
 * The gallery: every pattern of the starter, running, on one page.
 */
@NullMarked
package io.asyncstarter.sample;

import org.jspecify.annotations.NullMarked;
