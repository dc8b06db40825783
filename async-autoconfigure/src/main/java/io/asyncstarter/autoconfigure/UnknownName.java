package io.asyncstarter.autoconfigure;

import java.util.List;

import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains that a named thing was asked for in code that there is not.
 */
final class UnknownName {

	private UnknownName() {
	}

	static FailureAnalysis analyze(String noun, String name, String map, List<String> known, Throwable cause) {
		String suggestion = NearestName.of(name, known)
			.map((nearest) -> "Did you mean '%s'? Otherwise configure".formatted(nearest))
			.orElse("Configure");
		return new FailureAnalysis("There is no %s named '%s'.".formatted(noun, name),
				"%s one of this name under '%s.%s'. There are: %s.".formatted(suggestion, map, name,
						(!known.isEmpty()) ? String.join(", ", known) : "none"),
				cause);
	}

}
