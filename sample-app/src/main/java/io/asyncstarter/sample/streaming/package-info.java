/**
 * An endpoint that answers item by item, and who has seen which.
 */
@NullMarked
package io.asyncstarter.sample.streaming;

import org.jspecify.annotations.NullMarked;
