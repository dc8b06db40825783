/**
 * Release of many resources, last in, first out, on every way out.
 */
@NullMarked
package io.asyncstarter.resource;

import org.jspecify.annotations.NullMarked;
