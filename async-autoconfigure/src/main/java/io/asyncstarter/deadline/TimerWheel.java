package io.asyncstarter.deadline;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * A hierarchical timing wheel: entries are linked into slots by the tick they are due at,
 * so that adding and removing one takes constant time however many there are. Instances
 * are not safe for use by multiple threads.
 * <p>
 * The scheme is number 7 of Varghese and Lauck, "Hashed and Hierarchical Timing Wheels"
 * (SOSP 1987), with a bit set of the occupied slots of each level, as in Tokio's timer,
 * so that time can jump to the next slot in use.
 */
final class TimerWheel {

	/*
	 * Invariants. (1) An entry that is due at 'tick' is on the level of the highest
	 * digit, to the base of 64, in which 'tick' and 'elapsed' differed when it was
	 * linked, in the slot that this digit of 'tick' names. So on each level the slots in
	 * use are ahead of 'elapsed' or start at it, and the first of them is the next. (2)
	 * 'elapsed' only grows, never beyond the present, and stays at the start of a slot
	 * until that slot is empty. (3) A bit of 'occupied' is set exactly if the slot is not
	 * empty.
	 */

	static final long NEVER = Long.MAX_VALUE;

	private static final int DIGIT_BITS = 6;

	private static final int SLOTS = 1 << DIGIT_BITS;

	private static final int LEVELS = 8;

	private final @Nullable TimerEntry[] slots = new @Nullable TimerEntry[LEVELS * SLOTS];

	private final long[] occupied = new long[LEVELS];

	private long elapsed;

	private int size;

	int size() {
		return this.size;
	}

	void add(TimerEntry entry, long now) {
		if (this.size == 0 && now > this.elapsed) {
			this.elapsed = now;
		}
		link(entry);
		this.size++;
	}

	boolean remove(TimerEntry entry) {
		if (entry.slot == TimerEntry.NOT_LINKED) {
			return false;
		}
		unlink(entry);
		this.size--;
		return true;
	}

	/**
	 * Returns when there is something to do next.
	 * @return the tick at which an entry is due or has to be looked at again, or
	 * {@link #NEVER} if there are no entries
	 */
	long nextTick() {
		return startOf(nextLevel());
	}

	/**
	 * Removes entries that are due. There may be more of them as long as
	 * {@link #nextTick()} is not beyond the current tick.
	 * @param now the current tick
	 * @param limit the greatest number of entries to look at
	 * @return the entries, linked by their {@link TimerEntry#next}, or {@code null} if
	 * there are none
	 */
	@Nullable TimerEntry removeDue(long now, int limit) {
		TimerEntry due = null;
		for (int looks = 0; looks < limit && nextTick() <= now; looks++) {
			TimerEntry entry = first();
			unlink(entry);
			if (entry.tick <= this.elapsed) {
				this.size--;
				entry.next = due;
				due = entry;
			}
			else {
				link(entry);
			}
		}
		if (this.elapsed < now && nextTick() > now) {
			this.elapsed = now;
		}
		return due;
	}

	private TimerEntry first() {
		int level = nextLevel();
		this.elapsed = Math.max(this.elapsed, startOf(level));
		TimerEntry first = this.slots[level * SLOTS + firstSlot(level)];
		Assert.state(first != null, "Slot must not be empty");
		return first;
	}

	private void link(TimerEntry entry) {
		long tick = Math.max(entry.tick, this.elapsed);
		int level = levelOf(tick);
		int digit = (int) (tick >>> (level * DIGIT_BITS)) & (SLOTS - 1);
		int slot = level * SLOTS + digit;
		TimerEntry head = this.slots[slot];
		entry.slot = slot;
		entry.next = head;
		if (head != null) {
			head.previous = entry;
		}
		this.slots[slot] = entry;
		this.occupied[level] |= 1L << digit;
	}

	private void unlink(TimerEntry entry) {
		TimerEntry previous = entry.previous;
		TimerEntry next = entry.next;
		if (next != null) {
			next.previous = previous;
		}
		if (previous != null) {
			previous.next = next;
		}
		else {
			this.slots[entry.slot] = next;
			if (next == null) {
				this.occupied[entry.slot / SLOTS] &= ~(1L << (entry.slot % SLOTS));
			}
		}
		entry.previous = null;
		entry.next = null;
		entry.slot = TimerEntry.NOT_LINKED;
	}

	private int levelOf(long tick) {
		long difference = tick ^ this.elapsed;
		return (difference != 0) ? (Long.SIZE - 1 - Long.numberOfLeadingZeros(difference)) / DIGIT_BITS : 0;
	}

	/**
	 * Returns the level whose first slot in use starts first. If two start together it is
	 * the higher one, which has to be spread over the lower ones before time moves on.
	 * @return the level
	 */
	private int nextLevel() {
		int next = LEVELS - 1;
		for (int level = LEVELS - 2; level >= 0; level--) {
			if (startOf(level) < startOf(next)) {
				next = level;
			}
		}
		return next;
	}

	private long startOf(int level) {
		if (this.occupied[level] == 0) {
			return NEVER;
		}
		int above = (level + 1) * DIGIT_BITS;
		return (this.elapsed >>> above << above) | ((long) firstSlot(level) << (level * DIGIT_BITS));
	}

	private int firstSlot(int level) {
		return Long.numberOfTrailingZeros(this.occupied[level]);
	}

}
