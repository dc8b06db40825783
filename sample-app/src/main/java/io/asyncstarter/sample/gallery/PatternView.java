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
 * @param source the Java that runs; {@code null} in a list
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PatternView(String id, Group group, String title, String summary, String useWhen, Asyncio asyncio,
		List<Parameter> parameters, @Nullable PatternSource source) {

	static PatternView brief(Pattern pattern) {
		return of(pattern.info(), null);
	}

	static PatternView detailed(Pattern pattern) {
		return of(pattern.info(), PatternSource.of(pattern));
	}

	private static PatternView of(PatternInfo info, @Nullable PatternSource source) {
		return new PatternView(info.id(), new Group(info.group().name(), info.group().title()), info.title(),
				info.summary(), info.useWhen(), new Asyncio(info.asyncio(), info.asyncioCode()), info.parameters(),
				source);
	}

	record Group(String letter, String title) {

	}

	record Asyncio(String name, String code) {

	}

}
