package io.asyncstarter.sample.upstream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;

import org.springframework.stereotype.Component;

/**
 * How many calls the upstream serves at once, seen from its own side, by run.
 *
 * @since 0.1.0
 */
@Component
public class UpstreamLoad {

	private final Map<String, Watch> watches = new ConcurrentHashMap<>();

	/**
	 * Begin to count the calls of a run.
	 * @param run the id of the run
	 * @param onChange told how many calls are served at once; called on the event loop,
	 * may not block
	 * @return the count, until it is closed
	 */
	public Watch watch(String run, IntConsumer onChange) {
		Watch watch = new Watch(run, onChange);
		this.watches.put(run, watch);
		return watch;
	}

	void entered(String run) {
		Watch watch = this.watches.get(run);
		if (watch != null) {
			watch.change(1);
		}
	}

	void left(String run) {
		Watch watch = this.watches.get(run);
		if (watch != null) {
			watch.change(-1);
		}
	}

	/**
	 * The calls of one run.
	 *
	 * @since 0.1.0
	 */
	public final class Watch implements AutoCloseable {

		private final String run;

		private final IntConsumer onChange;

		private int now;

		private int peak;

		private int served;

		private Watch(String run, IntConsumer onChange) {
			this.run = run;
			this.onChange = onChange;
		}

		// short, and never contended for long: plain monitor
		private synchronized void change(int by) {
			this.now += by;
			this.served += Math.max(by, 0);
			this.peak = Math.max(this.peak, this.now);
			this.onChange.accept(this.now);
		}

		/**
		 * The most calls that were served at once.
		 * @return the greatest number seen
		 */
		public synchronized int peak() {
			return this.peak;
		}

		/**
		 * The calls served in all.
		 * @return their number
		 */
		public synchronized int served() {
			return this.served;
		}

		@Override
		public void close() {
			UpstreamLoad.this.watches.remove(this.run);
		}

	}

}
