package io.asyncstarter.autoconfigure;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.AsyncAnnotationAdvisor;

/**
 * Finds {@link Async @Async} methods that name an executor which does not exist. Spring
 * itself notices that at the first call only.
 * <p>
 * Looks at the beans that exist when the context has started and that Spring has made
 * asynchronous, so it costs next to nothing where there are none. Names with placeholders
 * or expressions are left to Spring.
 */
final class AsyncMethodCheck implements SmartInitializingSingleton {

	private final ConfigurableListableBeanFactory beanFactory;

	AsyncMethodCheck(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Map<String, ConfigurationProblem> problems = new TreeMap<>();
		for (String beanName : this.beanFactory.getBeanDefinitionNames()) {
			if (this.beanFactory.containsSingleton(beanName)
					&& this.beanFactory.getSingleton(beanName) instanceof Advised advised && isAsync(advised)) {
				check(AopUtils.getTargetClass(advised), problems);
			}
		}
		if (!problems.isEmpty()) {
			throw new InvalidAsyncConfigurationException(List.copyOf(problems.values()));
		}
	}

	private static boolean isAsync(Advised advised) {
		return Arrays.stream(advised.getAdvisors()).anyMatch(AsyncAnnotationAdvisor.class::isInstance);
	}

	private void check(Class<?> type, Map<String, ConfigurationProblem> problems) {
		MethodIntrospector
			.selectMethods(type, (MethodIntrospector.MetadataLookup<String>) (method) -> executorName(method, type))
			.forEach((method, name) -> {
				if (isUnknown(name)) {
					String place = "@Async(\"%s\") on %s.%s".formatted(name, type.getName(), method.getName());
					problems.put(place, new ConfigurationProblem(place, null, null,
							"there is no executor named '%s'".formatted(name), fix(name)));
				}
			});
	}

	/**
	 * The method's annotation goes before the type's, as in Spring.
	 */
	private static @Nullable String executorName(Method method, Class<?> type) {
		return Optional.ofNullable(AnnotatedElementUtils.findMergedAnnotation(method, Async.class))
			.or(() -> Optional.ofNullable(AnnotatedElementUtils.findMergedAnnotation(type, Async.class)))
			.map(Async::value)
			.filter((name) -> !name.isEmpty() && !name.contains("{"))
			.orElse(null);
	}

	private boolean isUnknown(String name) {
		return !(this.beanFactory.containsBean(name) && this.beanFactory.isTypeMatch(name, Executor.class))
				&& executorNames().stream()
					.noneMatch((bean) -> BeanFactoryAnnotationUtils.isQualifierMatch(name::equals, bean,
							this.beanFactory));
	}

	private List<String> executorNames() {
		String[] names = BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, Executor.class, true,
				false);
		return Arrays.stream(names).sorted().toList();
	}

	private String fix(String name) {
		List<String> names = executorNames();
		return NearestName.of(name, names)
			.map((nearest) -> "Did you mean '%s'?".formatted(nearest))
			.orElseGet(() -> "Configure it under 'async.executors.%s'. There are: %s.".formatted(name,
					String.join(", ", names)));
	}

}
