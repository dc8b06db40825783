/**
 * Small services with application contexts of their own, which a run starts and closes.
 */
@NullMarked
package io.asyncstarter.sample.child;

import org.jspecify.annotations.NullMarked;
