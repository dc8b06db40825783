package io.asyncstarter.autoconfigure;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * Keeps the exceptions that policies name from being left out of a native image, where
 * they could not be found by their names.
 */
final class PolicyExceptionHints implements BeanFactoryInitializationAotProcessor {

	@Override
	public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
			ConfigurableListableBeanFactory beanFactory) {
		if (beanFactory.getBeanNamesForType(AsyncProperties.class, true, false).length == 0) {
			return null;
		}
		Environment environment = beanFactory.getBean(Environment.class);
		List<Class<? extends Throwable>> types = new CheckedConfiguration(environment, beanFactory).properties()
			.policies()
			.values()
			.stream()
			.flatMap(PolicyExceptionHints::exceptions)
			.toList();
		return (!types.isEmpty())
				? (context, code) -> types.forEach((type) -> context.getRuntimeHints().reflection().registerType(type))
				: null;
	}

	private static Stream<Class<? extends Throwable>> exceptions(PolicyProperties policy) {
		PolicyProperties.Retry retry = policy.retry();
		PolicyProperties.CircuitBreaker breaker = policy.circuitBreaker();
		return Stream
			.of((retry != null) ? retry.retryable() : null, (retry != null) ? retry.except() : null,
					(breaker != null) ? breaker.record() : null, (breaker != null) ? breaker.ignore() : null)
			.filter(Objects::nonNull)
			.flatMap(List::stream);
	}

}
