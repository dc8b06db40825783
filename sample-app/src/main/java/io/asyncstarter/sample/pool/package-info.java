/**
 * What connections look like from the server's side.
 */
@NullMarked
package io.asyncstarter.sample.pool;

import org.jspecify.annotations.NullMarked;
