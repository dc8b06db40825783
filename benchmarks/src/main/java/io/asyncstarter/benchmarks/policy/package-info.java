/**
 * What policies cost, beside those of others: around a call, around an annotated method,
 * around a {@code Mono}.
 */
@NullMarked
package io.asyncstarter.benchmarks.policy;

import org.jspecify.annotations.NullMarked;
