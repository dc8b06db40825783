/**
 * An embedded database, and what it is at.
 */
@NullMarked
package io.asyncstarter.sample.database;

import org.jspecify.annotations.NullMarked;
