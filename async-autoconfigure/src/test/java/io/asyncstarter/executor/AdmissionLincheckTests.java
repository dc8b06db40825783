package io.asyncstarter.executor;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever the interleaving, an {@link Admission} answers as {@link AdmissionModel} does
 * in some order. Run by {@code -Plincheck}.
 */
@Tag("lincheck")
class AdmissionLincheckTests {

	@Test
	void admissionIsLinearizableInModel() {
		new ModelCheckingOptions().iterations(5)
			.threads(2)
			.actorsPerThread(2)
			.actorsBefore(0)
			.actorsAfter(1)
			.invocationsPerIteration(100)
			.sequentialSpecification(AdmissionModel.Started.class)
			.check(Operations.class);
	}

	@Test
	void admissionIsLinearizableOnThreads() {
		new StressOptions().iterations(40)
			.threads(3)
			.actorsPerThread(3)
			.actorsBefore(1)
			.actorsAfter(2)
			.invocationsPerIteration(1000)
			.sequentialSpecification(AdmissionModel.Started.class)
			.check(Operations.class);
	}

	/**
	 * The operations that are called concurrently.
	 */
	@Param(name = "task", gen = IntGen.class, conf = "0:3")
	@Param(name = "size", gen = IntGen.class, conf = "1:3")
	public static class Operations {

		private final AdmissionHarness admission = AdmissionHarness.started();

		@Operation
		public String offer(@Param(name = "task") int task) {
			return this.admission.offer(task);
		}

		// A task ends once, so its end is not called concurrently.
		@Operation(nonParallelGroup = "ends")
		public @Nullable Integer release(@Param(name = "task") int task) {
			return this.admission.release(task);
		}

		@Operation
		public boolean withdraw(@Param(name = "task") int task) {
			return this.admission.withdraw(task);
		}

		@Operation
		public String resize(@Param(name = "size") int limit) {
			return this.admission.resize(limit);
		}

		@Operation
		public void setCapacity(@Param(name = "size") int capacity) {
			this.admission.setCapacity(capacity);
		}

		@Operation
		public void shutdown() {
			this.admission.shutdown();
		}

		@Operation
		public String shutdownNow() {
			return this.admission.shutdownNow();
		}

	}

}
