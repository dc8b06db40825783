/**
 * Auto-configuration: from {@code async.*} properties to beans, and from mistakes in them
 * to clear start-up failures.
 */
@NullMarked
package io.asyncstarter.autoconfigure;

import org.jspecify.annotations.NullMarked;
