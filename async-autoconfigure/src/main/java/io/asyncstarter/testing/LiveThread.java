package io.asyncstarter.testing;

/**
 * A thread as it was found.
 *
 * @param id the identifier of the thread
 * @param name the name of the thread
 * @param virtual whether it is a virtual one
 * @param stack the frames of its stack, a line each
 */
record LiveThread(long id, String name, boolean virtual, String stack) {

	@Override
	public String toString() {
		return "%s thread \"%s\"%n%s".formatted((this.virtual) ? "virtual" : "platform", this.name, this.stack);
	}

}
