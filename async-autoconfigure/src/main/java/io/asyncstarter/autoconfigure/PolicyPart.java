package io.asyncstarter.autoconfigure;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * One value of a policy, and how to read it.
 *
 * @param <V> the type of the value
 * @param key the key below that of the policy
 * @param section reads what the value is a part of, which has to be there for the default
 * to count
 * @param value reads the value
 * @param defaultValue the value if no policy decides it, or {@code null} if there is none
 * then
 */
record PolicyPart<V>(String key, Function<PolicyProperties, @Nullable Object> section,
		Function<PolicyProperties, @Nullable V> value, @Nullable V defaultValue) {

	static <V> PolicyPart<V> of(String key, Function<PolicyProperties, @Nullable V> value) {
		return new PolicyPart<>(key, value::apply, value, null);
	}

	static <S, V> PolicyPart<V> of(String key, Function<PolicyProperties, @Nullable S> section,
			Function<S, @Nullable V> part, @Nullable V defaultValue) {
		return new PolicyPart<>(key, section::apply, (policy) -> {
			S present = section.apply(policy);
			return (present != null) ? part.apply(present) : null;
		}, defaultValue);
	}

}
