/**
 * The service that the patterns call: slow and flaky on demand, over real HTTP, in this
 * same application.
 */
@NullMarked
package io.asyncstarter.sample.upstream;

import org.jspecify.annotations.NullMarked;
