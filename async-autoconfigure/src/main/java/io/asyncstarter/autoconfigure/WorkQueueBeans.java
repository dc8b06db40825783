package io.asyncstarter.autoconfigure;

import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.queue.WorkQueues;

/**
 * The queues among the beans, those that were not configured but declared included.
 */
final class WorkQueueBeans implements WorkQueues {

	private final ConfigurableListableBeanFactory beanFactory;

	WorkQueueBeans(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public Optional<WorkQueue<?>> find(String name) {
		return (this.beanFactory.containsBean(name) && this.beanFactory.isTypeMatch(name, WorkQueue.class))
				? Optional.of(this.beanFactory.getBean(name, WorkQueue.class)) : Optional.empty();
	}

	@Override
	public SortedSet<String> names() {
		String[] names = this.beanFactory.getBeanNamesForType(WorkQueue.class, true, false);
		return Collections.unmodifiableSortedSet(new TreeSet<>(Arrays.asList(names)));
	}

}
