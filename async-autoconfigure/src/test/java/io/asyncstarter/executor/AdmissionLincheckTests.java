package io.asyncstarter.executor;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Model check: whatever the interleaving, an {@link Admission} answers as
 * {@link AdmissionModel} does in some order. Run by {@code -Plincheck}.
 */
@Tag("lincheck")
class AdmissionLincheckTests {

	@Test
	void admissionIsLinearizable() {
		new ModelCheckingOptions().iterations(8)
			.threads(3)
			.actorsPerThread(2)
			.actorsBefore(3)
			.actorsAfter(1)
			.invocationsPerIteration(70)
			.sequentialSpecification(AdmissionModel.class)
			.check(Operations.class);
	}

	/**
	 * The operations that are called concurrently.
	 */
	@Param(name = "task", gen = IntGen.class, conf = "0:3")
	@Param(name = "size", gen = IntGen.class, conf = "1:3")
	public static class Operations {

		private final AdmissionHarness admission = new AdmissionHarness();

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
