package io.asyncstarter.autoconfigure;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;

/**
 * The executors among the beans, those that were not configured but declared included.
 */
final class BeanFactoryBoundedExecutors implements BoundedExecutors {

	private final ConfigurableListableBeanFactory beanFactory;

	BeanFactoryBoundedExecutors(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public Optional<BoundedExecutor> find(String name) {
		return (this.beanFactory.containsBean(name) && this.beanFactory.isTypeMatch(name, BoundedExecutor.class))
				? Optional.of(this.beanFactory.getBean(name, BoundedExecutor.class)) : Optional.empty();
	}

	@Override
	public SortedSet<String> names() {
		String[] names = this.beanFactory.getBeanNamesForType(BoundedExecutor.class, true, false);
		return Collections.unmodifiableSortedSet(new TreeSet<>(Arrays.asList(names)));
	}

	/**
	 * Returns the executors that exist already; lazy ones may not.
	 */
	List<BoundedExecutor> existing() {
		return names().stream().filter(this.beanFactory::containsSingleton).map(this::get).toList();
	}

}
