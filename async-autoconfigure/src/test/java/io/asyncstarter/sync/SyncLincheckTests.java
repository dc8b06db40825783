package io.asyncstarter.sync;

import java.time.Duration;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever the interleaving, an {@link Event} and the permits of a
 * {@link ConcurrencyLimiter} answer as their models do in some order. Run by
 * {@code -Plincheck}.
 */
@Tag("lincheck")
class SyncLincheckTests {

	@Test
	void eventIsLinearizableInModel() {
		new ModelCheckingOptions().iterations(10)
			.threads(3)
			.actorsPerThread(2)
			.invocationsPerIteration(500)
			.sequentialSpecification(EventModel.class)
			.check(EventOperations.class);
	}

	@Test
	void eventIsLinearizableOnThreads() {
		new StressOptions().iterations(30)
			.threads(3)
			.actorsPerThread(3)
			.invocationsPerIteration(1000)
			.sequentialSpecification(EventModel.class)
			.check(EventOperations.class);
	}

	@Test
	void limiterIsLinearizableInModel() {
		new ModelCheckingOptions().iterations(10)
			.threads(2)
			.actorsPerThread(3)
			.invocationsPerIteration(200)
			.sequentialSpecification(LimiterModel.class)
			.check(LimiterOperations.class);
	}

	@Test
	void limiterIsLinearizableOnThreads() {
		new StressOptions().iterations(30)
			.threads(3)
			.actorsPerThread(3)
			.invocationsPerIteration(1000)
			.sequentialSpecification(LimiterModel.class)
			.check(LimiterOperations.class);
	}

	/**
	 * The operations of an event.
	 */
	public static class EventOperations {

		private final Event event = new Event();

		@Operation
		public void set() {
			this.event.set();
		}

		@Operation
		public void clear() {
			this.event.clear();
		}

		@Operation
		public boolean isSet() {
			return this.event.isSet();
		}

		@Operation
		public boolean await() throws InterruptedException {
			return this.event.await(Duration.ZERO);
		}

	}

	/**
	 * What an event is to answer.
	 */
	public static class EventModel {

		private boolean flag;

		public void set() {
			this.flag = true;
		}

		public void clear() {
			this.flag = false;
		}

		public boolean isSet() {
			return this.flag;
		}

		public boolean await() {
			return this.flag;
		}

	}

	/**
	 * The operations of a limiter.
	 */
	@Param(name = "thread", gen = IntGen.class, conf = "0:2")
	@Param(name = "size", gen = IntGen.class, conf = "1:3")
	public static class LimiterOperations {

		private final LimiterHarness places = new LimiterHarness();

		@Operation
		public String enter(@Param(name = "thread") int thread) {
			return this.places.enter(thread);
		}

		@Operation
		public String tryEnter(@Param(name = "thread") int thread) {
			return this.places.tryEnter(thread);
		}

		@Operation
		public boolean leave(@Param(name = "thread") int thread) {
			return this.places.leave(thread);
		}

		@Operation
		public boolean withdraw(@Param(name = "thread") int thread) {
			return this.places.withdraw(thread);
		}

		@Operation
		public void limit(@Param(name = "size") int limit) {
			this.places.limit(limit);
		}

		@Operation
		public int taken() {
			return this.places.taken();
		}

	}

}
