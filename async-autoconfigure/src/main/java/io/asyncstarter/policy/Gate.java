package io.asyncstarter.policy;

/**
 * Lets callers in, in the order of their arrival: those that park a thread and those that
 * do not wait in one line.
 */
interface Gate {

	/**
	 * Enters if there is room and nobody waits.
	 * @return whether the caller is in
	 */
	boolean tryEnter();

	/**
	 * Enters, or gets in line.
	 * @param waiter who is to be told
	 * @param maxWaitNanos how long the waiter would wait
	 * @return what came of it; if the answer is not {@link Answer#WAIT}, the waiter is
	 * not told
	 */
	Answer enter(Waiter waiter, long maxWaitNanos);

	/**
	 * Leaves the line.
	 * @param waiter who waits
	 * @return whether it did wait; if not, it is in, and has been told or is about to be
	 */
	boolean withdraw(Waiter waiter);

	/**
	 * Leaves after having been let in.
	 */
	void leave();

	/**
	 * What comes of an attempt to enter.
	 */
	enum Answer {

		ENTERED, WAIT, REFUSED

	}

}
