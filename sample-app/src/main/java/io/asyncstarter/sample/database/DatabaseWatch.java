package io.asyncstarter.sample.database;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * The queries of a run, seen from the database's side. Instances are safe for use by
 * multiple threads.
 *
 * @since 0.1.0
 */
public final class DatabaseWatch implements AutoCloseable {

	// static, because functions of SQL are
	private static final Map<String, DatabaseWatch> WATCHES = new ConcurrentHashMap<>();

	private final AtomicInteger now = new AtomicInteger();

	private final AtomicInteger peak = new AtomicInteger();

	private final AtomicInteger served = new AtomicInteger();

	private final AtomicInteger made = new AtomicInteger();

	private final AtomicInteger handedOut = new AtomicInteger();

	private final AtomicInteger mostHeld = new AtomicInteger();

	private final String run;

	private final IntConsumer onBegin;

	private final IntConsumer onChange;

	private DatabaseWatch(String run, IntConsumer onBegin, IntConsumer onChange) {
		this.run = run;
		this.onBegin = onBegin;
		this.onChange = onChange;
	}

	/**
	 * Begin to watch the queries of a run.
	 * @param run the id of the run
	 * @param onBegin told the number of each query that begins
	 * @param onChange told how many queries are at work
	 * @return what is seen, until it is closed
	 */
	public static DatabaseWatch of(String run, IntConsumer onBegin, IntConsumer onChange) {
		DatabaseWatch watch = new DatabaseWatch(run, onBegin, onChange);
		WATCHES.put(run, watch);
		return watch;
	}

	static DatabaseWatch of(String run) {
		DatabaseWatch watch = WATCHES.get(run);
		if (watch == null) {
			throw new IllegalStateException("Run '%s' is over".formatted(run));
		}
		return watch;
	}

	void begin(int query) {
		this.served.incrementAndGet();
		this.onBegin.accept(query);
		int now = this.now.incrementAndGet();
		this.peak.accumulateAndGet(now, Math::max);
		this.onChange.accept(now);
	}

	void end() {
		this.onChange.accept(this.now.decrementAndGet());
	}

	void made() {
		int held = this.made.incrementAndGet() - this.handedOut.get();
		this.mostHeld.accumulateAndGet(held, Math::max);
	}

	/**
	 * What the queries are to say whose they are.
	 * @return the id of the run
	 */
	public String run() {
		return this.run;
	}

	/**
	 * Tell that a row is done with.
	 */
	public void handedOut() {
		this.handedOut.incrementAndGet();
	}

	/**
	 * The most queries that were at work at once.
	 * @return the greatest number seen
	 */
	public int peak() {
		return this.peak.get();
	}

	/**
	 * The queries that came.
	 * @return their number
	 */
	public int served() {
		return this.served.get();
	}

	/**
	 * The rows that were made.
	 * @return their number
	 */
	public int rows() {
		return this.made.get();
	}

	/**
	 * The rows that were made and are not done with.
	 * @return their number
	 */
	public int held() {
		return this.made.get() - this.handedOut.get();
	}

	/**
	 * The most rows that were made and not done with.
	 * @return the greatest number seen
	 */
	public int mostHeld() {
		return this.mostHeld.get();
	}

	@Override
	public void close() {
		WATCHES.remove(this.run);
	}

}
