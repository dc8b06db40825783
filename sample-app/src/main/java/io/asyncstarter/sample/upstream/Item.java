package io.asyncstarter.sample.upstream;

/**
 * What the upstream serves.
 *
 * @param id the number of the item
 * @param name the name of the item
 * @since 0.1.0
 */
public record Item(int id, String name) {

}
