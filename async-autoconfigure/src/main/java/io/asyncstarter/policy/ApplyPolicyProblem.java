package io.asyncstarter.policy;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A mistake in the use of {@link ApplyPolicy @ApplyPolicy}.
 *
 * @param place the annotation and what it is on
 * @param value the part of the annotation that is wrong, or {@code null} if it is the
 * annotation itself
 * @param reason what is wrong with it
 * @param fix what to do about it
 * @param candidates what may have been meant instead of the value
 * @since 0.1.0
 */
public record ApplyPolicyProblem(String place, @Nullable String value, String reason, String fix,
		List<String> candidates) {

	public ApplyPolicyProblem {
		candidates = List.copyOf(candidates);
	}

	@Override
	public String toString() {
		return "%s: %s. %s".formatted(this.place, this.reason, this.fix);
	}

}
