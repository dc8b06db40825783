package io.asyncstarter.sync;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a limiter of three threads is to answer, written down as simply as can be: the
 * sequential specification. Limit 1 to begin with.
 */
public class LimiterModel {

	private final int[] permits = new int[LimiterHarness.THREADS];

	private final List<Integer> line = new ArrayList<>();

	private int limit = 1;

	public String enter(int thread) {
		if (this.line.contains(thread)) {
			return "in line";
		}
		if (taken() < this.limit) {
			this.permits[thread]++;
			return "ENTERED";
		}
		this.line.add(thread);
		if (this.permits[thread] > 0 && stuck() >= this.limit) {
			this.line.removeLast();
			return "DEADLOCK";
		}
		return "WAIT";
	}

	public String tryEnter(int thread) {
		if (this.line.contains(thread)) {
			return "in line";
		}
		boolean free = taken() < this.limit;
		if (free) {
			this.permits[thread]++;
		}
		return String.valueOf(free);
	}

	public boolean leave(int thread) {
		if (this.line.contains(thread) || this.permits[thread] == 0) {
			return false;
		}
		this.permits[thread]--;
		admit();
		return true;
	}

	public boolean withdraw(int thread) {
		return this.line.remove(/* element */ (Integer) thread);
	}

	public void limit(int newLimit) {
		this.limit = newLimit;
		admit();
		for (int i = this.line.size() - 1; i >= 0 && stuck() >= newLimit; i--) {
			if (this.permits[this.line.get(i)] > 0) {
				this.line.remove(/* index */ i);
			}
		}
	}

	private void admit() {
		while (taken() < this.limit && !this.line.isEmpty()) {
			this.permits[this.line.removeFirst()]++;
		}
	}

	public int taken() {
		return Arrays.stream(this.permits).sum();
	}

	private int stuck() {
		return this.line.stream().mapToInt((thread) -> this.permits[thread]).sum();
	}

	public String figures() {
		return "%d taken, %d waiting, %d holders".formatted(taken(), this.line.size(),
				Arrays.stream(this.permits).filter((own) -> own > 0).count());
	}

}
