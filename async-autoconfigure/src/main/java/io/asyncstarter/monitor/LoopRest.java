package io.asyncstarter.monitor;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;

/**
 * Tells whether an event loop's thread is at rest, which is to say that it waits for
 * events, without waking it.
 */
@FunctionalInterface
interface LoopRest {

	/**
	 * Returns whether the thread is at rest.
	 */
	boolean isAtRest(Thread thread);

	/**
	 * Returns what finds that out by the thread's stack. That is looked at only if the
	 * thread has used the processor since it was last seen at rest: what has not, has not
	 * moved.
	 */
	static LoopRest byStack() {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		// Windows counts in steps of 15 ms, in which a loop can do a lot.
		boolean fine = threads.isThreadCpuTimeSupported() && threads.isThreadCpuTimeEnabled()
				&& !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
		return new LoopRest() {

			private long cpuTime = -1;

			private boolean atRest;

			@Override
			public boolean isAtRest(Thread thread) {
				long before = this.cpuTime;
				this.cpuTime = (fine) ? threads.getThreadCpuTime(thread.threadId()) : -1;
				if (!this.atRest || this.cpuTime < 0 || this.cpuTime != before) {
					this.atRest = Stacks.isWaitingForEvents(thread.getStackTrace());
				}
				return this.atRest;
			}

		};
	}

}
