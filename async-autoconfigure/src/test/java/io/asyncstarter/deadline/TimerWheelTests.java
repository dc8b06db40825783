package io.asyncstarter.deadline;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TimerWheel}.
 */
class TimerWheelTests {

	private static final long FARTHEST_TICK = 1L << 44;

	private final TimerWheel wheel = new TimerWheel();

	private final TimerStripe stripe = new TimerStripe();

	@Test
	void nextTickOfEmptyWheelIsNever() {
		assertThat(this.wheel.nextTick()).isEqualTo(TimerWheel.NEVER);
		assertThat(this.wheel.removeDue(FARTHEST_TICK, 10)).isNull();
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 1, 63, 64, 65, 4095, 4096, 1 << 18, (1L << 36) + 17, FARTHEST_TICK })
	void entryIsDueAtItsTickAndNotBefore(long tick) {
		TimerEntry entry = add(tick, 0);

		assertThat(removeDue(tick - 1)).isEmpty();
		assertThat(this.wheel.nextTick()).isBetween(Math.min(tick, tick - 1), tick);
		assertThat(removeDue(tick)).containsExactly(entry);
		assertThat(this.wheel.size()).isZero();
	}

	@Test
	void entryThatIsLateWhenAddedIsDueAtOnce() {
		add(1_000, 900);

		TimerEntry late = add(10, 900);

		assertThat(removeDue(900)).containsExactly(late);
	}

	@Test
	void entryIsRemovedOnce() {
		TimerEntry entry = add(100, 0);
		TimerEntry neighbour = add(100, 0);

		assertThat(this.wheel.remove(entry)).isTrue();
		assertThat(this.wheel.remove(entry)).isFalse();
		assertThat(this.wheel.size()).isOne();
		assertThat(removeDue(100)).containsExactly(neighbour);
		assertThat(this.wheel.remove(neighbour)).isFalse();
		assertThat(this.wheel.nextTick()).isEqualTo(TimerWheel.NEVER);
	}

	@Test
	void emptyWheelCatchesUpWithTimeWhenAddedTo() {
		add((1L << 30) + 5, 1L << 30);

		assertThat(this.wheel.nextTick()).isEqualTo((1L << 30) + 5);
	}

	@Test
	void limitBoundsTheEntriesLookedAt() {
		for (int i = 0; i < 100; i++) {
			add(100, 0);
		}

		int looks = 0;
		int removed = 0;
		while (this.wheel.nextTick() <= 100) {
			int now = count(this.wheel.removeDue(100, 7));
			assertThat(now).isLessThanOrEqualTo(7);
			removed += now;
			looks++;
		}

		assertThat(removed).isEqualTo(100);
		assertThat(looks).isLessThanOrEqualTo(2 * 100 / 7 + 2);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })
	void behavesLikeASetSortedByTick(int seed) {
		Random random = new Random(seed);
		List<TimerEntry> expected = new ArrayList<>();
		long now = 0;
		for (int step = 0; step < 20_000; step++) {
			int action = random.nextInt(10);
			if (action < 5) {
				expected.add(add(now + randomDelay(random), now - random.nextInt(3)));
			}
			else if (action < 8 && !expected.isEmpty()) {
				assertThat(this.wheel.remove(expected.remove(random.nextInt(expected.size())))).isTrue();
			}
			else {
				now += randomDelay(random) / 2;
				long current = now;
				Set<TimerEntry> due = new HashSet<>(
						expected.stream().filter((entry) -> entry.tick <= current).toList());
				assertThat(removeDue(now)).containsExactlyInAnyOrderElementsOf(due);
				expected.removeAll(due);
			}
			assertThat(this.wheel.size()).isEqualTo(expected.size());
			assertThat(this.wheel.nextTick())
				.isLessThanOrEqualTo(expected.stream().mapToLong((entry) -> entry.tick).min().orElse(TimerWheel.NEVER));
		}
	}

	private static long randomDelay(Random random) {
		return random.nextLong(1L << random.nextInt(1, 20));
	}

	private TimerEntry add(long tick, long now) {
		TimerEntry entry = new TimerEntry(this.stripe, tick, () -> {
		});
		this.wheel.add(entry, now);
		return entry;
	}

	private List<TimerEntry> removeDue(long now) {
		List<TimerEntry> removed = new ArrayList<>();
		do {
			for (TimerEntry entry = this.wheel.removeDue(now, 16); entry != null; entry = entry.next) {
				removed.add(entry);
			}
		}
		while (this.wheel.nextTick() <= now);
		return removed;
	}

	private static int count(@Nullable TimerEntry entries) {
		int count = 0;
		for (TimerEntry entry = entries; entry != null; entry = entry.next) {
			count++;
		}
		return count;
	}

}
