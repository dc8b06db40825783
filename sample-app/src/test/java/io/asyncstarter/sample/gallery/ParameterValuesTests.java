package io.asyncstarter.sample.gallery;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ParameterValues}.
 */
class ParameterValuesTests {

	private static final List<Parameter> DECLARED = List.of(Parameter.number("calls", 10, 1, 50, "Number of calls"),
			Parameter.flag("fail", false, "Whether to fail"), Parameter.choice("order", "Which order", "up", "down"));

	@Test
	void whenNothingIsGivenThenDefaultsApply() {
		ParameterValues values = ParameterValues.of(DECLARED, Map.of());

		assertThat(values.number("calls")).isEqualTo(10);
		assertThat(values.flag("fail")).isFalse();
		assertThat(values.choice("order")).isEqualTo("up");
	}

	@Test
	void valuesMayBeText() {
		ParameterValues values = ParameterValues.of(DECLARED, Map.of("calls", "7", "fail", "true", "order", "down"));

		assertThat(values.asMap()).isEqualTo(Map.of("calls", 7, "fail", true, "order", "down"));
	}

	@Test
	void everythingThatIsWrongIsReportedAtOnce() {
		assertThatExceptionOfType(InvalidParametersException.class)
			.isThrownBy(() -> ParameterValues.of(DECLARED, Map.of("calls", 51, "fail", 2, "order", "left")))
			.satisfies((ex) -> assertThat(ex.parameters()).extracting(InvalidParameter::toString)
				.containsExactly(
						"'calls' cannot be '51': it is not a whole number from 1 to 50. Change it, or leave it out for 10.",
						"'fail' cannot be '2': it is not true or false. Change it, or leave it out for false.",
						"'order' cannot be 'left': it is not one of up, down. Change it, or leave it out for up."));
	}

	@Test
	void whenNameIsUnknownThenNearestIsNamed() {
		assertThatExceptionOfType(InvalidParametersException.class)
			.isThrownBy(() -> ParameterValues.of(DECLARED, Map.of("clals", 5)))
			.withMessage("'clals' cannot be '5': the pattern has no such parameter. Did you mean 'calls'? "
					+ "It has calls, fail, order.");
	}

	@Test
	void whenNumberIsNoneThenItIsReported() {
		assertThatExceptionOfType(InvalidParametersException.class)
			.isThrownBy(() -> ParameterValues.of(DECLARED, Map.of("calls", 1.5)));
		assertThatExceptionOfType(InvalidParametersException.class)
			.isThrownBy(() -> ParameterValues.of(DECLARED, Map.of("calls", "99999999999")));
	}

}
