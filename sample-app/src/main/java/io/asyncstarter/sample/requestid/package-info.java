/**
 * The id of a request, from the HTTP header into every log line, on whatever thread.
 */
@NullMarked
package io.asyncstarter.sample.requestid;

import org.jspecify.annotations.NullMarked;
