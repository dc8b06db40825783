package io.asyncstarter.sample.gallery;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.springframework.stereotype.Component;

/**
 * All patterns there are, in the order of the catalogue.
 */
@Component
class PatternCatalog {

	private static final Comparator<Pattern> ORDER = Comparator.comparing((Pattern pattern) -> pattern.info().group())
		.thenComparingInt((pattern) -> pattern.info().number());

	private final Map<String, Pattern> patterns = new LinkedHashMap<>();

	PatternCatalog(List<Pattern> patterns) {
		for (Pattern pattern : patterns.stream().sorted(ORDER).toList()) {
			Pattern other = this.patterns.put(pattern.info().id(), pattern);
			if (other != null) {
				throw new IllegalStateException("Both %s and %s have the id '%s'".formatted(other.getClass().getName(),
						pattern.getClass().getName(), pattern.info().id()));
			}
		}
	}

	Collection<Pattern> all() {
		return this.patterns.values();
	}

	Pattern get(String id) {
		Pattern pattern = this.patterns.get(id.toUpperCase(Locale.ROOT));
		if (pattern == null) {
			throw new NotInGalleryException("The gallery has no pattern '%s', only %s.".formatted(id,
					String.join(", ", this.patterns.keySet())));
		}
		return pattern;
	}

}
