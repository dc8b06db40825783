/**
 * The frame of the gallery: what a pattern is, how one is run, recorded, kept and shown.
 */
@NullMarked
package io.asyncstarter.sample.gallery;

import org.jspecify.annotations.NullMarked;
