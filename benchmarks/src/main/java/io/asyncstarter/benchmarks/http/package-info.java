/**
 * What policies cost on HTTP clients.
 */
@NullMarked
package io.asyncstarter.benchmarks.http;

import org.jspecify.annotations.NullMarked;
