package io.asyncstarter.testing;

import java.util.function.LongSupplier;

/**
 * Something of which a test is to leave no more than it found. Equal to another one that
 * counts the same of the same object.
 */
final class Resource {

	private final Object owner;

	private final String name;

	private final String what;

	private final LongSupplier counter;

	/**
	 * Creates a resource.
	 * @param owner the object
	 * @param name the name of the object
	 * @param what what is counted
	 * @param counter counts
	 */
	Resource(Object owner, String name, String what, LongSupplier counter) {
		this.owner = owner;
		this.name = name;
		this.what = what;
		this.counter = counter;
	}

	String name() {
		return this.name;
	}

	String what() {
		return this.what;
	}

	long count() {
		return this.counter.getAsLong();
	}

	@Override
	@SuppressWarnings("ReferenceEquality") // the same object
	public boolean equals(Object other) {
		return other instanceof Resource resource && resource.owner == this.owner && resource.what.equals(this.what);
	}

	@Override
	public int hashCode() {
		return 31 * System.identityHashCode(this.owner) + this.what.hashCode();
	}

}
