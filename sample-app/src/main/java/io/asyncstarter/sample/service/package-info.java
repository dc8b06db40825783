/**
 * Small services with application contexts of their own, which a run starts and closes.
 */
@NullMarked
package io.asyncstarter.sample.service;

import org.jspecify.annotations.NullMarked;
