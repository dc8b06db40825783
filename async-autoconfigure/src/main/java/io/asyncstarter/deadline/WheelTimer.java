package io.asyncstarter.deadline;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The {@link DeadlineTimer} of real time: timing wheels, and one daemon platform thread
 * that sleeps until the next of their entries is due. Safe for use by multiple threads.
 */
final class WheelTimer implements DeadlineTimer {

	/*
	 * Invariants. (1) An entry is in the wheel of one stripe from 'schedule' until it is
	 * cancelled or taken to be run, and nowhere else. (2) A tick begins when its number
	 * of units has passed since 'origin'. An entry is due at the first tick that begins
	 * no earlier than its time, so never early and late by less than a tick. (3) The
	 * thread wakes up no later than 'wakeUpTick'. It sets that to NEVER before it looks
	 * through the stripes and lowers it to what it found afterwards; who adds an entry
	 * that is due before it lowers it and wakes the thread. Since both hold the stripe's
	 * lock in between, one of the two sees the other. (4) No lock is held while an expiry
	 * runs.
	 */

	static final WheelTimer SHARED = new WheelTimer("async-deadline-timer", Runtime.getRuntime().availableProcessors());

	private static final Log logger = LogFactory.getLog(WheelTimer.class);

	/*
	 * Ticks of 2^19 ns, about half a millisecond.
	 */
	private static final int TICK_BITS = 19;

	private static final long LONGEST_DELAY = Long.MAX_VALUE >> 2;

	private static final int STRIPES_PER_PROCESSOR = 4;

	private final long origin = System.nanoTime();

	private final String threadName;

	private final TimerStripe[] stripes;

	private final AtomicLong wakeUpTick = new AtomicLong(TimerWheel.NEVER);

	private final ReentrantLock startLock = new ReentrantLock();

	private volatile @Nullable Thread thread;

	WheelTimer(String threadName, int processors) {
		this.threadName = threadName;
		int atLeast = Math.min(16, processors) * STRIPES_PER_PROCESSOR;
		int stripes = Integer.highestOneBit(2 * atLeast - 1);
		this.stripes = Stream.generate(TimerStripe::new).limit(stripes).toArray(TimerStripe[]::new);
	}

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public Timeout schedule(long delayNanos, Runnable expiry) {
		return schedule(nanoTime(), delayNanos, expiry);
	}

	@Override
	public Timeout schedule(long now, long delayNanos, Runnable expiry) {
		Thread thread = this.thread;
		if (thread == null) {
			thread = start();
		}
		long sinceOrigin = now - this.origin;
		long delay = Math.max(0, Math.min(delayNanos, LONGEST_DELAY));
		TimerEntry entry = add(tickFrom(sinceOrigin + delay), tickAt(sinceOrigin), expiry);
		long planned = this.wakeUpTick.get();
		while (entry.tick < planned) {
			if (this.wakeUpTick.compareAndSet(planned, entry.tick)) {
				LockSupport.unpark(thread);
				break;
			}
			planned = this.wakeUpTick.get();
		}
		return entry;
	}

	private TimerEntry add(long tick, long now, Runnable expiry) {
		int home = (int) Thread.currentThread().threadId();
		while (true) {
			TimerEntry entry = this.stripes[home & (this.stripes.length - 1)].tryAdd(tick, now, expiry);
			if (entry != null) {
				return entry;
			}
			Thread.onSpinWait();
			home++;
		}
	}

	@Override
	public int armed() {
		return Arrays.stream(this.stripes).mapToInt(TimerStripe::size).sum();
	}

	private Thread start() {
		this.startLock.lock();
		try {
			Thread thread = this.thread;
			if (thread == null) {
				thread = TimerThread.start(this.threadName, this::runForEver);
				this.thread = thread;
			}
			return thread;
		}
		finally {
			this.startLock.unlock();
		}
	}

	private void runForEver() {
		while (true) {
			try {
				runDueAndSleep();
			}
			catch (Throwable ex) {
				report(ex);
			}
		}
	}

	private void runDueAndSleep() {
		this.wakeUpTick.set(TimerWheel.NEVER);
		long next = TimerWheel.NEVER;
		for (TimerStripe stripe : this.stripes) {
			next = Math.min(next, runDue(stripe));
		}
		long wakeUp = this.wakeUpTick.accumulateAndGet(next, Math::min);
		if (wakeUp == TimerWheel.NEVER) {
			LockSupport.park(this);
		}
		else {
			LockSupport.parkNanos(this, (wakeUp << TICK_BITS) - (nanoTime() - this.origin));
		}
		// Whoever interrupts this thread means nothing by it, and must not keep it awake.
		Thread.interrupted();
	}

	private long runDue(TimerStripe stripe) {
		while (true) {
			long now = tickAt(nanoTime() - this.origin);
			TimerEntry due = stripe.removeDue(now);
			while (due != null) {
				TimerEntry entry = due;
				due = entry.next;
				entry.next = null;
				run(entry);
			}
			long next = stripe.nextTick();
			if (next > now) {
				return next;
			}
		}
	}

	private static void run(TimerEntry entry) {
		try {
			entry.expiry.run();
		}
		catch (Throwable ex) {
			report(ex);
		}
	}

	private static void report(Throwable failure) {
		try {
			logger.error("Deadline timer failed to run an expiry", failure);
		}
		catch (Throwable ex) {
			// The thread must live on. There is nobody left to tell.
		}
	}

	private static long tickAt(long sinceOrigin) {
		return sinceOrigin >> TICK_BITS;
	}

	private static long tickFrom(long sinceOrigin) {
		return (sinceOrigin + (1L << TICK_BITS) - 1) >> TICK_BITS;
	}

}
