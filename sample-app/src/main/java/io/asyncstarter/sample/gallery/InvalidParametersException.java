package io.asyncstarter.sample.gallery;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown when a run was asked for with parameters that it does not have or cannot take.
 */
class InvalidParametersException extends RuntimeException {

	private final transient List<InvalidParameter> parameters;

	InvalidParametersException(List<InvalidParameter> parameters) {
		super(parameters.stream().map(InvalidParameter::toString).collect(Collectors.joining(" ")));
		this.parameters = List.copyOf(parameters);
	}

	List<InvalidParameter> parameters() {
		return this.parameters;
	}

}
