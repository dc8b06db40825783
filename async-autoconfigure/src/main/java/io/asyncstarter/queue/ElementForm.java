package io.asyncstarter.queue;

/**
 * What a queue needs to know of each item.
 */
enum ElementForm {

	/**
	 * Nothing: an element may be the item itself.
	 */
	ANY,

	/**
	 * When it was accepted: an element is an {@link Entry}.
	 */
	ENTRY,

	/**
	 * Also its key.
	 */
	KEYED_ENTRY;

	boolean isMetBy(Object element) {
		return this == ANY || (element instanceof Entry<?> entry && (this == ENTRY || entry.keyed));
	}

}
