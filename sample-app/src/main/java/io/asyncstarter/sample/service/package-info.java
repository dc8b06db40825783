/**
 * Services that exist for a run only: an entry says what they answer, and calls them over
 * real HTTP.
 */
@NullMarked
package io.asyncstarter.sample.service;

import org.jspecify.annotations.NullMarked;
