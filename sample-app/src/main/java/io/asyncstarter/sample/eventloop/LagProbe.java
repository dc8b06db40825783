package io.asyncstarter.sample.eventloop;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

import io.netty.util.concurrent.EventExecutor;

import io.asyncstarter.sample.gallery.Timings;

/**
 * Leaves itself a note on every event loop, again and again, and measures how late it is
 * read. A loop that is blocked reads late.
 *
 * @since 0.1.0
 */
public final class LagProbe implements AutoCloseable {

	private static final long PATIENCE_SECONDS = 10;

	private final Timings lag = new Timings();

	private final Map<EventExecutor, Future<?>> notes = new ConcurrentHashMap<>();

	private final List<EventExecutor> loops;

	private final long interval;

	private final LongConsumer onLag;

	private volatile boolean closed;

	LagProbe(List<EventExecutor> loops, Duration interval, LongConsumer onLag) {
		this.loops = loops;
		this.interval = interval.toNanos();
		this.onLag = onLag;
		loops.forEach(this::schedule);
	}

	private void schedule(EventExecutor loop) {
		long due = System.nanoTime() + this.interval;
		this.notes.put(loop, loop.schedule(() -> read(loop, due), this.interval, TimeUnit.NANOSECONDS));
	}

	private void read(EventExecutor loop, long due) {
		long late = System.nanoTime() - due;
		this.lag.add(late);
		this.onLag.accept(late);
		if (!this.closed) {
			schedule(loop);
		}
	}

	/**
	 * How late the notes were read so far.
	 * @return the lag of every note
	 */
	public Timings lag() {
		return this.lag;
	}

	/**
	 * Wait until every event loop has read the note that it has now.
	 * @throws InterruptedException if this thread was interrupted
	 */
	public void awaitNotes() throws InterruptedException {
		for (EventExecutor loop : this.loops) {
			// due after the note, so the note is read before
			loop.schedule(() -> {
			}, this.interval, TimeUnit.NANOSECONDS).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
		}
	}

	@Override
	public void close() {
		this.closed = true;
		this.notes.values().forEach((note) -> note.cancel(false));
	}

}
