/**
 * An upstream that allows its callers so many requests a second, and fails at times.
 */
@NullMarked
package io.asyncstarter.sample.store;

import org.jspecify.annotations.NullMarked;
