package io.asyncstarter.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.springframework.beans.factory.config.BeanDefinition;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.queue.DeadLetterHandler;
import io.asyncstarter.queue.WorkQueue;

/**
 * Finds queues whose names are taken, that name a policy, an executor or a place for dead
 * letters that there is not, that send dead letters in a circle, or whose executor has no
 * room for their consumers.
 */
final class QueueCheck implements ConfigurationCheck {

	static final String QUEUES = "async.queues";

	@Override
	public List<ConfigurationProblem> check(CheckedConfiguration configuration) {
		List<ConfigurationProblem> problems = new ArrayList<>();
		checkNames(configuration, problems);
		checkPolicies(configuration, problems);
		checkExecutors(configuration, problems);
		checkDeadLetters(configuration, problems);
		checkBatches(configuration, problems);
		return problems;
	}

	private static Map<String, QueueProperties> queues(CheckedConfiguration configuration) {
		return new TreeMap<>(configuration.properties().queues());
	}

	private static String key(String name, String property) {
		return "%s.%s.%s".formatted(QUEUES, name, property);
	}

	private static void checkNames(CheckedConfiguration configuration, List<ConfigurationProblem> problems) {
		Set<String> executors = ExecutorSettings.names(configuration.properties());
		for (String name : queues(configuration).keySet()) {
			BeanDefinition definition = configuration.beanDefinition(name);
			String key = "%s.%s".formatted(QUEUES, name);
			if (executors.contains(name)) {
				problems.add(configuration.problem(key, "there is an executor of this name, and both are beans",
						"Rename one of them."));
			}
			else if (definition != null) {
				String resource = definition.getResourceDescription();
				problems.add(configuration.problem(key,
						"there is a bean named '%s' already%s".formatted(name,
								(resource != null) ? ", defined in %s".formatted(resource) : ""),
						"Rename the queue or the bean, or remove the queue from the configuration to use the bean."));
			}
		}
	}

	private static void checkPolicies(CheckedConfiguration configuration, List<ConfigurationProblem> problems) {
		if (!configuration.beanNames(Policies.class).isEmpty() || !configuration.beanNames(Policy.class).isEmpty()) {
			return;
		}
		Set<String> known = configuration.names("async.policies");
		queues(configuration).forEach((name, queue) -> {
			if (queue.policy() != null && !known.contains(queue.policy())) {
				problems.add(configuration.unknownName(key(name, "policy"), queue.policy(), "policy", "async.policies",
						known));
			}
		});
	}

	private static void checkExecutors(CheckedConfiguration configuration, List<ConfigurationProblem> problems) {
		if (configuration.hasBean(BoundedExecutors.class, BeanFactoryBoundedExecutors.class)) {
			return;
		}
		Set<String> configured = new TreeSet<>(ExecutorSettings.names(configuration.properties()));
		configured.addAll(configuration.names("async.executors"));
		Set<String> known = new TreeSet<>(configured);
		known.addAll(configuration.beanNames(BoundedExecutor.class));
		Map<String, Integer> consumers = new TreeMap<>();
		queues(configuration).forEach((name, queue) -> {
			String executor = queue.executor();
			if (executor == null) {
				return;
			}
			if (!known.contains(executor)) {
				problems.add(configuration.unknownName(key(name, "executor"), executor, "executor", "async.executors",
						known));
			}
			else if (configured.contains(executor)) {
				int needed = consumers.merge(executor, queue.consumers(), Integer::sum);
				checkExecutor(configuration, name, executor, needed, problems);
			}
		});
	}

	private static void checkExecutor(CheckedConfiguration configuration, String queue, String executor, int needed,
			List<ConfigurationProblem> problems) {
		ExecutorProperties properties = configuration.properties().executors().get(executor);
		if (properties != null && properties.runTimeout() != null) {
			problems.add(configuration.problem(key(queue, "executor"),
					"consumers run for good, and the tasks of executor '%s' for %s at most".formatted(executor,
							properties.runTimeout()),
					"Take an executor without 'run-timeout', or leave it out for threads of their own."));
			return;
		}
		int room = ExecutorSettings.maxConcurrency(executor, configuration.properties());
		if (needed > room) {
			problems.add(configuration.problem(key(queue, "executor"),
					"%d consumers of queues run for good on executor '%s', which runs %d tasks at once"
						.formatted(needed, executor, room),
					"Raise 'async.executors.%s.max-concurrency', lower 'consumers', or take another executor."
						.formatted(executor)));
		}
	}

	private static void checkDeadLetters(CheckedConfiguration configuration, List<ConfigurationProblem> problems) {
		Set<String> known = new TreeSet<>(configuration.names(QUEUES));
		known.addAll(configuration.beanNames(WorkQueue.class));
		known.addAll(configuration.beanNames(DeadLetterHandler.class));
		Map<String, QueueProperties> queues = queues(configuration);
		queues.forEach((name, queue) -> {
			String target = queue.deadLetter();
			if (target == null) {
				return;
			}
			List<String> circle = circle(name, queues);
			if (!known.contains(target)) {
				problems.add(configuration.unknownName(key(name, "dead-letter"), target,
						"queue, and no bean of type DeadLetterHandler,", QUEUES, without(known, name)));
			}
			else if (!circle.isEmpty() && name.equals(Collections.min(circle))) {
				problems.add(configuration.problem(key(name, "dead-letter"),
						"dead letters go in a circle: %s -> %s".formatted(String.join(" -> ", circle), name),
						"Let the last of these queues have no 'dead-letter', or another one."));
			}
		});
	}

	/**
	 * Returns the queues that dead letters pass from one on until they are there again.
	 */
	private static List<String> circle(String start, Map<String, QueueProperties> queues) {
		List<String> passed = new ArrayList<>();
		String name = start;
		while (name != null && !passed.contains(name)) {
			passed.add(name);
			QueueProperties queue = queues.get(name);
			name = (queue != null) ? queue.deadLetter() : null;
		}
		return (start.equals(name)) ? passed : List.of();
	}

	private static Collection<String> without(Set<String> names, String name) {
		Set<String> others = new TreeSet<>(names);
		others.remove(name);
		return others;
	}

	private static void checkBatches(CheckedConfiguration configuration, List<ConfigurationProblem> problems) {
		queues(configuration).forEach((name, queue) -> {
			if (queue.batchLinger() != null && queue.batchSize() == null) {
				problems.add(configuration.problem(key(name, "batch-linger"),
						"it has no effect without 'batch-size', since items are given one by one",
						"Set '%s' too, or remove it.".formatted(key(name, "batch-size"))));
			}
		});
	}

}
