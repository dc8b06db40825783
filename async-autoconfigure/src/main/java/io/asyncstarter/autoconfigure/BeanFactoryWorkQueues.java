package io.asyncstarter.autoconfigure;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.queue.WorkQueues;

/**
 * The queues that exist: those of a user's registry, and beans; lazy ones may not.
 */
final class BeanFactoryWorkQueues {

	private final ConfigurableListableBeanFactory beanFactory;

	BeanFactoryWorkQueues(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	Collection<WorkQueue<?>> existing() {
		Set<WorkQueue<?>> queues = Collections.newSetFromMap(new IdentityHashMap<>());
		this.beanFactory.getBeanProvider(WorkQueues.class, false)
			.stream()
			.filter((registry) -> !(registry instanceof WorkQueueBeans))
			.forEach((registry) -> queues.addAll(registry.all()));
		for (String name : this.beanFactory.getBeanNamesForType(WorkQueue.class, true, false)) {
			if (this.beanFactory.containsSingleton(name)) {
				queues.add(this.beanFactory.getBean(name, WorkQueue.class));
			}
		}
		return queues;
	}

}
