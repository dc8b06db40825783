/**
 * Policies and deadlines on HTTP clients and servers.
 */
@NullMarked
package io.asyncstarter.http;

import org.jspecify.annotations.NullMarked;
