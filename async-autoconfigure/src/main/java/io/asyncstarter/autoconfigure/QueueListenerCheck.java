package io.asyncstarter.autoconfigure;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

import io.asyncstarter.queue.DeadLetter;
import io.asyncstarter.queue.WorkQueue;

/**
 * Finds out what is wrong with the methods that listen to queues, all together.
 */
final class QueueListenerCheck {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Map<String, QueueProperties> properties;

	private final Collection<String> queues;

	private final List<QueueListenerMethod> methods;

	private final SortedMap<String, ConfigurationProblem> problems = new TreeMap<>();

	QueueListenerCheck(ConfigurableListableBeanFactory beanFactory, Map<String, QueueProperties> properties,
			Collection<String> queues, List<QueueListenerMethod> methods) {
		this.beanFactory = beanFactory;
		this.properties = properties;
		this.queues = queues;
		this.methods = methods;
	}

	/**
	 * Finds the mistakes.
	 * @throws InvalidAsyncConfigurationException if there are any; it holds all of them
	 */
	void run() {
		this.methods.forEach(this::check);
		checkSharing();
		if (!this.problems.isEmpty()) {
			throw new InvalidAsyncConfigurationException(List.copyOf(this.problems.values()));
		}
	}

	private void add(QueueListenerMethod method, String reason, String fix) {
		this.problems.putIfAbsent(method.place(), new ConfigurationProblem(method.place(), null, null, reason, fix));
	}

	private void check(QueueListenerMethod method) {
		QueueListenerMethod.Mistake mistake = method.mistake();
		if (mistake != null) {
			add(method, mistake.reason(), mistake.fix());
		}
		else if (!this.queues.contains(method.queue())) {
			add(method, "there is no queue named '%s'".formatted(method.queue()), nearestQueue(method.queue()));
		}
		else if (!this.beanFactory.isSingleton(method.beanName())) {
			add(method, "bean '%s' is no singleton".formatted(method.beanName()),
					"Let a singleton listen, which asks for the other bean.");
		}
		else {
			checkInvocable(method);
			checkConsumers(method);
			checkBatch(method);
			checkItemType(method);
		}
	}

	private String nearestQueue(String name) {
		return NearestName.of(name, this.queues)
			.map((nearest) -> "Did you mean '%s'?".formatted(nearest))
			.orElseGet(() -> "Configure it under '%s.%s'. There are: %s.".formatted(QueueCheck.QUEUES, name,
					(!this.queues.isEmpty()) ? String.join(", ", this.queues) : "none"));
	}

	private void checkInvocable(QueueListenerMethod method) {
		Class<?> type = this.beanFactory.getType(method.beanName());
		Method declared = method.method();
		try {
			if (type != null) {
				AopUtils.selectInvocableMethod(declared, type);
			}
		}
		catch (IllegalStateException ex) {
			add(method, "calls do not reach it through the proxy of its bean",
					"Make it public, or let the bean be proxied by its class.");
		}
	}

	private void checkConsumers(QueueListenerMethod method) {
		String consumers = method.annotation().consumers();
		if (!consumers.isEmpty() && consumers(consumers) == null) {
			add(method, "its number of consumers is '%s'".formatted(consumers), "Set it to a whole number from zero.");
		}
	}

	/**
	 * Returns the number that an annotation gives, or {@code null} if it is none.
	 */
	@Nullable Integer consumers(String written) {
		try {
			String resolved = this.beanFactory.resolveEmbeddedValue(written);
			int number = Integer.parseInt((resolved != null) ? resolved.strip() : written);
			return (number >= 0) ? number : null;
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

	private void checkBatch(QueueListenerMethod method) {
		QueueProperties queue = this.properties.get(method.queue());
		String key = "%s.%s.batch-size".formatted(QueueCheck.QUEUES, method.queue());
		if (method.isBatch() && (queue == null || queue.batchSize() == null)) {
			add(method, "it takes lists, and queue '%s' has no batches".formatted(method.queue()),
					"Set '%s', or take the items one by one.".formatted(key));
		}
		if (!method.isBatch() && queue != null && queue.batchSize() != null) {
			add(method, "it takes items one by one, and queue '%s' has batches of %d".formatted(method.queue(),
					queue.batchSize()), "Take a List, or remove '%s'.".formatted(key));
		}
	}

	private void checkItemType(QueueListenerMethod method) {
		boolean letters = this.properties.values()
			.stream()
			.anyMatch((queue) -> method.queue().equals(queue.deadLetter()));
		ResolvableType declared = declaredItemType(method.queue());
		if (method.takesDeadLetters() && !letters && declared == ResolvableType.NONE) {
			add(method, "it takes dead letters, and none go to queue '%s'".formatted(method.queue()),
					"Set 'dead-letter: %s' on another queue, or take the item.".formatted(method.queue()));
		}
		for (ResolvableType put : itemTypes(method.queue(), declared)) {
			ResolvableType taken = method.itemType();
			if (isKnown(put) && isKnown(taken) && !taken.toClass().isAssignableFrom(put.toClass())
					&& !put.toClass().isAssignableFrom(taken.toClass())) {
				add(method, "it takes %s, and items of queue '%s' are of type %s".formatted(taken, method.queue(), put),
						"Take an item of type %s.".formatted(put));
			}
		}
	}

	private static boolean isKnown(ResolvableType type) {
		return type != ResolvableType.NONE && type.resolve() != null;
	}

	/**
	 * Returns the type of items that a declared queue says itself.
	 */
	private ResolvableType declaredItemType(String queue) {
		if (!this.beanFactory.containsBeanDefinition(queue)) {
			return ResolvableType.NONE;
		}
		BeanDefinition definition = this.beanFactory.getMergedBeanDefinition(queue);
		ResolvableType item = definition.getResolvableType().as(WorkQueue.class).getGeneric(0);
		return (isKnown(item)) ? item : ResolvableType.NONE;
	}

	/**
	 * Returns what is known of the types of items in a queue: what it says itself, or
	 * what is taken from the queues whose dead letters go there.
	 */
	private List<ResolvableType> itemTypes(String queue, ResolvableType declared) {
		List<ResolvableType> types = new ArrayList<>();
		if (isKnown(declared)) {
			types.add((declared.toClass() == DeadLetter.class) ? declared.getGeneric(0) : declared);
		}
		for (QueueListenerMethod other : this.methods) {
			QueueProperties source = this.properties.get(other.queue());
			if (source != null && queue.equals(source.deadLetter()) && other.mistake() == null) {
				types.add(other.itemType());
			}
		}
		return types;
	}

	private void checkSharing() {
		Map<String, QueueListenerMethod> first = new HashMap<>();
		for (QueueListenerMethod method : this.methods) {
			QueueListenerMethod other = first.putIfAbsent(method.queue(), method);
			if (other == null) {
				continue;
			}
			QueueProperties queue = this.properties.get(method.queue());
			if (!method.annotation().shared() || !other.annotation().shared()) {
				add(method, "%s listens to the same queue".formatted(other.place()),
						"Remove one of them, or set 'shared = true' on both to let each item go to one of them.");
			}
			else if (!method.annotation().key().isEmpty() || !other.annotation().key().isEmpty()) {
				add(method, "it shares the queue with %s, and one of them has a key".formatted(other.place()),
						"Let one method listen to a queue with a key.");
			}
			else if (queue != null && queue.batchLinger() != null && !queue.batchLinger().isZero()) {
				add(method, "it shares the queue with %s, and the queue has a 'batch-linger'".formatted(other.place()),
						"Remove '%s.%s.batch-linger', or one of the listeners.".formatted(QueueCheck.QUEUES,
								method.queue()));
			}
		}
	}

}
