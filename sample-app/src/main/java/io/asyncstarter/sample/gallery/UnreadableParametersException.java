package io.asyncstarter.sample.gallery;

import tools.jackson.core.JacksonException;

/**
 * Thrown when the parameters of a run are no JSON object.
 */
class UnreadableParametersException extends RuntimeException {

	UnreadableParametersException(JacksonException cause) {
		super("The body is not a JSON object of parameters, such as {\"calls\": 10}: %s."
			.formatted(cause.getOriginalMessage()), cause);
	}

}
