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
		return switch (this) {
			case ANY -> true;
			case ENTRY -> element instanceof Entry;
			case KEYED_ENTRY -> element instanceof Entry<?> entry && entry.keyed;
		};
	}

}
