package io.asyncstarter.sample.gallery;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A pattern as it is told over HTTP.
 *
 * @param id the id in the catalogue
 * @param group the group it belongs to
 * @param title what it is called
 * @param summary what it is
 * @param useWhen when to use it
 * @param asyncio the same thing in Python
 * @param parameters what can be set for a run
 * @param docs where to read more
 * @param source the Java that runs; {@code null} in a list
 * @param yaml the configuration that it runs with; {@code null} in a list, or if it needs
 * none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PatternView(String id, Group group, String title, String summary, String useWhen, Asyncio asyncio,
		List<Parameter> parameters, String docs, @Nullable PatternSource source, @Nullable String yaml) {

	static PatternView brief(Pattern pattern) {
		return of(pattern.info(), null, null);
	}

	static PatternView detailed(Pattern pattern) {
		PatternInfo info = pattern.info();
		return of(info, PatternSource.of(pattern), info.yaml().isEmpty() ? null : PatternYaml.of(info.yaml()));
	}

	private static PatternView of(PatternInfo info, @Nullable PatternSource source, @Nullable String yaml) {
		return new PatternView(info.id(), new Group(info.group().name(), info.group().title()), info.title(),
				info.summary(), info.useWhen(), new Asyncio(info.asyncio(), info.asyncioCode()), info.parameters(),
				"/docs.html#" + info.docs(), source, yaml);
	}

	record Group(String letter, String title) {

	}

	record Asyncio(String name, String code) {

	}

}
