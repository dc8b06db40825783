package io.asyncstarter.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;

/**
 * One mistake in the configuration.
 *
 * @param key the full key of the property
 * @param value the value or {@code null} if the key itself is the mistake
 * @param origin where the property was set, or {@code null} if that is not known
 * @param reason what is wrong with it
 * @param fix what to write instead
 * @since 0.1.0
 */
public record ConfigurationProblem(String key, @Nullable String value, @Nullable Origin origin, String reason,
		String fix) {

}
