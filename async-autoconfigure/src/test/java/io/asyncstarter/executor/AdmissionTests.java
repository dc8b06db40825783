package io.asyncstarter.executor;

import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The state of an executor against its specification, one random step after the other.
 */
class AdmissionTests {

	@Test
	void admissionAnswersAsSpecified() {
		Random random = new Random(1);
		for (int round = 0; round < 3000; round++) {
			AdmissionHarness admission = new AdmissionHarness();
			AdmissionModel model = new AdmissionModel();
			StringBuilder history = new StringBuilder();
			for (int step = 0; step < 20; step++) {
				String answers = step(random.nextInt(22), random.nextInt(AdmissionHarness.TASKS), admission, model);
				history.append(answers).append('\n');
				assertThat(admission.figures()).as(history::toString).isEqualTo(model.figures());
			}
			boolean terminated = model.figures().endsWith("TERMINATED");
			assertThat(admission.terminations).as(history::toString).hasValue((terminated) ? 1 : 0);
		}
	}

	private static String step(int action, int number, AdmissionHarness admission, AdmissionModel model) {
		return switch (action) {
			case 0, 1, 2, 3, 4, 5, 6, 7 -> same("offer " + number, admission.offer(number), model.offer(number));
			case 8, 9, 10, 11, 12, 13 -> same("release " + number, String.valueOf(admission.release(number)),
					String.valueOf(model.release(number)));
			case 14, 15, 16 -> same("withdraw " + number, "" + admission.withdraw(number), "" + model.withdraw(number));
			case 17, 18 -> same("resize " + (number + 1), admission.resize(number + 1), model.resize(number + 1));
			case 19 -> {
				admission.setCapacity(number);
				model.setCapacity(number);
				yield "capacity " + number;
			}
			case 20 -> {
				admission.shutdown();
				model.shutdown();
				yield "shutdown";
			}
			default -> same("shutdownNow", admission.shutdownNow(), model.shutdownNow());
		};
	}

	private static String same(String action, String actual, String expected) {
		assertThat(actual).as(action).isEqualTo(expected);
		return action + ": " + actual;
	}

}
