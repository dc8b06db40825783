package io.asyncstarter.sample.gallery;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/**
 * Counts events, and draws how many there are a second. Instances are safe for use by
 * multiple threads.
 *
 * @since 0.1.0
 */
public final class RateMeter implements AutoCloseable {

	private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

	private final LongAdder count = new LongAdder();

	private final PatternRun run;

	private final String chart;

	private final String name;

	private final long least;

	private final Disposable ticks;

	// only for the one tick at a time
	private long counted;

	private long since = System.nanoTime();

	RateMeter(PatternRun run, String chart, String name, Duration every) {
		this.run = run;
		this.chart = chart;
		this.name = name;
		this.least = every.dividedBy(2).toNanos();
		run.plot(chart, name, Shape.LINE, 0);
		this.ticks = Flux.interval(every).onBackpressureDrop().subscribe((tick) -> draw());
	}

	// a late tick stands for the longer time that it took, and for those that follow at
	// once
	private void draw() {
		long now = System.nanoTime();
		if (now - this.since < this.least) {
			return;
		}
		long total = this.count.sum();
		this.run.plot(this.chart, this.name, Shape.LINE, (total - this.counted) * NANOS / (now - this.since));
		this.counted = total;
		this.since = now;
	}

	/**
	 * Count an event.
	 */
	public void count() {
		this.count.increment();
	}

	/**
	 * The events so far.
	 * @return their number
	 */
	public long total() {
		return this.count.sum();
	}

	@Override
	public void close() {
		this.ticks.dispose();
	}

}
