package io.asyncstarter.deadline;

/**
 * The accounts of one thread's interrupt flag, shared by all scopes that are nested on
 * the thread, and the lock that guards them: all methods require that the caller holds
 * it.
 */
final class InterruptLedger extends BriefLock {

	/*
	 * Invariants. (1) Scopes interrupt the owner, and clear its flag, only while holding
	 * the lock: no scope clears what another one of the same thread is just setting. (2)
	 * 'signals' counts the times that an expiry turned the flag from clear to set, less
	 * those that scopes have settled. An expiry that finds the flag set counts nothing:
	 * the flag speaks for somebody who came first. (3) 'expiries' numbers the expiries of
	 * the thread, so that a scope can tell those that came after its entry. (4) Nobody
	 * blocks or calls a user's code while holding the lock, except that
	 * Thread.interrupt() closes the interruptible channel that the owner may be blocked
	 * on.
	 */

	private final Thread owner;

	private int signals;

	private int expiries;

	InterruptLedger(Thread owner) {
		this.owner = owner;
	}

	int signals() {
		return this.signals;
	}

	int expiries() {
		return this.expiries;
	}

	int nextExpiry() {
		return ++this.expiries;
	}

	/**
	 * Interrupts the owner because a scope expired, unless it is interrupted already.
	 */
	void signal() {
		if (!this.owner.isInterrupted()) {
			this.signals++;
			this.owner.interrupt();
		}
	}

	/**
	 * Counts an interrupt that the owner is told of, because a scope expired, without its
	 * flag having been set for it.
	 */
	void delivered() {
		this.signals++;
	}

	/**
	 * Settles the signals that were raised since an expired scope was entered. Called by
	 * the owner when it leaves the outermost of the scopes that expired together.
	 * @param before the number of signals when the scope was entered
	 * @param interruption how an interrupt shows in what the work threw
	 * @return whether there is an interruption and it is the scopes' own
	 */
	boolean settle(int before, Interruption interruption) {
		int raised = this.signals - before;
		this.signals = before;
		if (raised == 0) {
			return false;
		}
		// The one signal was delivered: a flag that is set is a second one, not ours.
		boolean foreign = raised == 1 && interruption == Interruption.DELIVERED;
		if (!foreign) {
			Thread.interrupted();
		}
		return interruption != Interruption.ABSENT;
	}

}
