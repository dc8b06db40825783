package io.asyncstarter.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/**
 * Compares the values of one policy with each other, whoever decides them.
 */
final class PolicyComparison {

	private final CheckedConfiguration configuration;

	private final PolicyInheritance inheritance;

	private final String name;

	private final List<ConfigurationProblem> problems;

	PolicyComparison(CheckedConfiguration configuration, PolicyInheritance inheritance, String name,
			List<ConfigurationProblem> problems) {
		this.configuration = configuration;
		this.inheritance = inheritance;
		this.name = name;
		this.problems = problems;
	}

	<V extends Comparable<V>> void atMost(PolicyPart<V> small, PolicyPart<V> large) {
		compare(small, large, 0, "not be more than", "not be less than", "at most", "at least");
	}

	<V extends Comparable<V>> void lessThan(PolicyPart<V> small, PolicyPart<V> large) {
		compare(small, large, -1, "be less than", "be more than", "less than", "more than");
	}

	private <V extends Comparable<V>> void compare(PolicyPart<V> small, PolicyPart<V> large, int greatest,
			String smallRule, String largeRule, String smallFix, String largeFix) {
		Decided<V> lower = decided(small);
		Decided<V> upper = decided(large);
		if (lower == null || upper == null || Integer.signum(lower.value.compareTo(upper.value)) <= greatest) {
			return;
		}
		if (upper.isSetHere() && !lower.isSetHere()) {
			report(upper, lower, largeRule, largeFix);
		}
		else if (lower.own || upper.own) {
			report(lower, upper, smallRule, smallFix);
		}
	}

	private void report(Decided<?> wrong, Decided<?> other, String rule, String fix) {
		this.problems.add(this.configuration.problem(wrong.key,
				"it must %s '%s', which is %s%s".formatted(rule, other.key, other.text,
						(other.byDefault) ? " by default" : ""),
				"Set it to %s %s, or change '%s'.".formatted(fix, other.text, other.key)));
	}

	/**
	 * Finds classes that are in a list for nothing, since they or their superclasses are
	 * in a list that wins over it.
	 */
	void notWithin(PolicyPart<List<Class<? extends Throwable>>> list,
			PolicyPart<List<Class<? extends Throwable>>> winner) {
		Decided<List<Class<? extends Throwable>>> losing = decided(list);
		Decided<List<Class<? extends Throwable>>> winning = decided(winner);
		if (losing == null || winning == null || !(losing.own || winning.own)) {
			return;
		}
		Decided<?> wrong = (losing.own) ? losing : winning;
		for (Class<?> type : losing.value) {
			winning.value.stream().filter((other) -> other.isAssignableFrom(type)).findFirst().ifPresent((other) -> {
				String reason = "'%s' of '%s' has no effect, since '%s' of '%s' wins over it".formatted(type.getName(),
						losing.key, other.getName(), winning.key);
				this.problems
					.add(this.configuration.problem(wrong.key, reason, "Remove one of the two, or narrow the latter."));
			});
		}
	}

	private <V> @Nullable Decided<V> decided(PolicyPart<V> part) {
		String decider = this.inheritance.decider(this.name, part.value()::apply).orElse(null);
		if (decider != null) {
			String key = key(decider, part);
			V value = Objects.requireNonNull(part.value().apply(this.inheritance.get(decider)));
			String written = this.configuration.written(key);
			return new Decided<>(value, key, (written != null) ? written : print(value), decider.equals(this.name),
					false);
		}
		String section = this.inheritance.decider(this.name, part.section()).orElse(null);
		V value = part.defaultValue();
		return (section != null && value != null)
				? new Decided<>(value, key(section, part), print(value), section.equals(this.name), true) : null;
	}

	private static String key(String policy, PolicyPart<?> part) {
		return "async.policies.%s.%s".formatted(policy, part.key());
	}

	private static String print(Object value) {
		if (value instanceof Duration duration) {
			return (duration.toMillis() % 1000 != 0) ? DurationStyle.SIMPLE.print(duration)
					: "%ds".formatted(duration.toSeconds());
		}
		return value.toString();
	}

	/**
	 * A value and who decides it.
	 *
	 * @param <V> the type of the value
	 * @param value the value
	 * @param key its full key
	 * @param text the value as it was written
	 * @param own whether it, or what it is the default of, belongs to the policy itself
	 * @param byDefault whether it is a default
	 */
	private record Decided<V>(V value, String key, String text, boolean own, boolean byDefault) {

		boolean isSetHere() {
			return this.own && !this.byDefault;
		}

	}

}
