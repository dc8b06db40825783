package io.asyncstarter.sample.gallery;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Records what happens in one run and tells everyone who listens, whenever they come.
 * Instances are safe for use by multiple threads.
 */
final class Recorder {

	/*
	 * (1) Events are numbered, stamped and handed to the sink under the lock, so that
	 * their order is the same for numbers, times and listeners. (2) Each listener has its
	 * own queue and thread behind the sink: nothing of theirs runs under the lock. (3) A
	 * lane that was let in may always report its end; only new lanes, and events that are
	 * not a lane's, are left out when there are too many. (4) The lock guards every field
	 * that is not final, and what the maps hold.
	 */
	private final ReentrantLock lock = new ReentrantLock();

	private final Condition laneEnded = this.lock.newCondition();

	private final Sinks.Many<RunEvent> sink = Sinks.many().replay().all();

	private final Map<String, LaneCounts> counts = new HashMap<>();

	private final LongSupplier nanos;

	private final int maxEvents;

	private long origin;

	private long seq;

	private long unrecorded;

	private int lanes;

	private int open;

	private boolean ended;

	Recorder(int maxEvents, LongSupplier nanos) {
		this.maxEvents = maxEvents;
		this.nanos = nanos;
		this.origin = nanos.getAsLong();
	}

	// everything that was and will be recorded, from the first event to the end
	Flux<RunEvent> events() {
		return this.sink.asFlux().publishOn(Schedulers.parallel());
	}

	void start() {
		this.lock.lock();
		try {
			if (this.seq == 0) {
				this.origin = this.nanos.getAsLong();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	Lane lane(String group, String name) {
		this.lock.lock();
		try {
			boolean recorded = this.seq < this.maxEvents;
			this.counts.computeIfAbsent(group, (key) -> new LaneCounts());
			return new Lane(this, recorded ? this.lanes++ : -1, group, name);
		}
		finally {
			this.lock.unlock();
		}
	}

	// move a lane to a state, if it has not ended yet
	boolean change(Lane lane, TaskState to, @Nullable String detail, @Nullable TaskState outcome) {
		this.lock.lock();
		try {
			TaskState from = lane.state();
			if (this.ended || (from != null && from.isEnd())) {
				return false;
			}
			lane.moveTo(to);
			count(lane.group(), from, to);
			if (lane.number() < 0) {
				this.unrecorded++;
			}
			else {
				emit((seq, at) -> new RunEvent.LaneChange(seq, at, lane.number(), lane.name(), lane.group(), to,
						threadName(), detail, outcome));
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void count(String group, @Nullable TaskState from, TaskState to) {
		LaneCounts counts = this.counts.computeIfAbsent(group, (key) -> new LaneCounts());
		counts.change(from, to);
		if (from == null) {
			this.open++;
		}
		if (to.isEnd()) {
			this.open--;
			this.laneEnded.signalAll();
		}
	}

	void record(EventFactory event) {
		this.lock.lock();
		try {
			if (this.ended || this.seq >= this.maxEvents) {
				this.unrecorded++;
				return;
			}
			emit(event);
		}
		finally {
			this.lock.unlock();
		}
	}

	// record the end. Nothing is recorded after it
	void end(RunState state) {
		this.lock.lock();
		try {
			if (!this.ended) {
				emit((seq, at) -> new RunEvent.End(seq, at, state, this.unrecorded));
				this.ended = true;
				this.sink.emitComplete(Sinks.EmitFailureHandler.FAIL_FAST);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	// wait until every lane has ended
	boolean awaitLanes(long time, TimeUnit unit) throws InterruptedException {
		long left = unit.toNanos(time);
		this.lock.lockInterruptibly();
		try {
			while (this.open > 0 && left > 0) {
				left = this.laneEnded.awaitNanos(left);
			}
			return this.open == 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	LaneCounts counts(String group) {
		this.lock.lock();
		try {
			LaneCounts counts = this.counts.get(group);
			return (counts != null) ? counts.copy() : new LaneCounts();
		}
		finally {
			this.lock.unlock();
		}
	}

	Map<String, LaneCounts> counts() {
		this.lock.lock();
		try {
			Map<String, LaneCounts> copy = new HashMap<>();
			this.counts.forEach((group, counts) -> copy.put(group, counts.copy()));
			return copy;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void emit(EventFactory event) {
		long at = TimeUnit.NANOSECONDS.toMicros(this.nanos.getAsLong() - this.origin);
		this.sink.emitNext(event.create(this.seq++, at), Sinks.EmitFailureHandler.FAIL_FAST);
	}

	private static String threadName() {
		Thread thread = Thread.currentThread();
		return thread.getName().isEmpty() ? "virtual-" + thread.threadId() : thread.getName();
	}

	/**
	 * Makes an event once its place and time are known.
	 */
	@FunctionalInterface
	interface EventFactory {

		RunEvent create(long seq, long at);

	}

}
