package io.asyncstarter.policy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.TargetClassAware;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Finds out what is wrong with the annotations of beans: with what they say, and with
 * methods that no proxy can intercept.
 */
final class ApplyPolicyCheck {

	private static final Comparator<ApplyPolicyProblem> ORDER = Comparator.comparing(ApplyPolicyProblem::place)
		.thenComparing(ApplyPolicyProblem::reason);

	private final ApplyPolicyBeanPostProcessor processor;

	ApplyPolicyCheck(ApplyPolicyBeanPostProcessor processor) {
		this.processor = processor;
	}

	/**
	 * Looks at all beans. Those that do not exist yet are not created for it; what is
	 * known of their types has to do.
	 */
	List<ApplyPolicyProblem> problems(ConfigurableListableBeanFactory beanFactory) {
		Set<ApplyPolicyProblem> problems = new LinkedHashSet<>();
		for (String name : beanFactory.getBeanDefinitionNames()) {
			if (beanFactory.getMergedBeanDefinition(name).isAbstract()) {
				continue;
			}
			Object bean = (beanFactory.containsSingleton(name)) ? beanFactory.getSingleton(name) : null;
			if (bean != null) {
				problems.addAll(problems(name, bean));
			}
			if (bean == null || bean instanceof FactoryBean) {
				Class<?> type = beanFactory.getType(name, false);
				if (type != null) {
					problems.addAll(problems(type, this.processor.proxiedInterfaces(name, type)));
				}
			}
		}
		return sorted(problems);
	}

	private static List<ApplyPolicyProblem> sorted(Collection<ApplyPolicyProblem> problems) {
		return problems.stream().distinct().sorted(ORDER).toList();
	}

	/**
	 * Looks at a bean, which may be proxied.
	 */
	List<ApplyPolicyProblem> problems(String name, Object bean) {
		Set<ApplyPolicyProblem> problems = new LinkedHashSet<>();
		Object current = bean;
		List<Class<?>> interfaces = interfacesOf(name, bean);
		do {
			// A proxy may be around another one that has no annotations to show.
			problems.addAll(problems(AopUtils.getTargetClass(current), interfaces));
			current = AopProxyUtils.getSingletonTarget(current);
		}
		while (current instanceof TargetClassAware);
		return sorted(problems);
	}

	private List<Class<?>> interfacesOf(String name, Object bean) {
		if (AopUtils.isCglibProxy(bean)) {
			return List.of();
		}
		return (AopUtils.isJdkDynamicProxy(bean)) ? List.of(bean.getClass().getInterfaces())
				: this.processor.proxiedInterfaces(name, bean.getClass());
	}

	private List<ApplyPolicyProblem> problems(Class<?> type, List<Class<?>> interfaces) {
		List<ApplyPolicyProblem> problems = new ArrayList<>();
		for (PolicyAdvisor advisor : this.processor.advisors(type)) {
			advisor.compile(problems);
			ApplyPolicyProblem outOfReach = outOfReach(advisor.annotated(), type, interfaces);
			if (outOfReach != null) {
				problems.add(outOfReach);
			}
		}
		return problems;
	}

	private static @Nullable ApplyPolicyProblem outOfReach(AnnotatedMethod annotated, Class<?> type,
			List<Class<?>> interfaces) {
		Method method = annotated.method();
		if (Modifier.isStatic(method.getModifiers()) || Modifier.isPrivate(method.getModifiers())) {
			return annotated.problem(null,
					"it is %s, so that calls do not pass the bean's proxy"
						.formatted((Modifier.isStatic(method.getModifiers())) ? "static" : "private"),
					"Make it a method that others can call on the bean.");
		}
		if (AnnotatedElementUtils.isAnnotated(method, Bean.class)) {
			return annotated.problem(null, "it makes a bean, and the calls of that bean are not its own",
					"Annotate the class of the bean or its methods.");
		}
		if (!interfaces.isEmpty()) {
			return (!annotated.direct() || isDeclaredBy(interfaces, annotated, type)) ? null
					: annotated.problem(null, "the bean is proxied by its interfaces, and none of them has this method",
							"Add it to one of them, or set 'spring.aop.proxy-target-class' to true.");
		}
		if (!ApplyPolicyBeanPostProcessor.canBeProxied(type)) {
			return annotated.problem(null,
					"%s is %s, so that there can be no proxy of it".formatted(type.getName(),
							(type.isSealed()) ? "sealed" : "final"),
					"Make it a class that can be extended, or let it have an interface and set "
							+ "'spring.aop.proxy-target-class' to false.");
		}
		return (!Modifier.isFinal(method.getModifiers())) ? null : annotated.problem(null,
				"it is final, so that the bean's proxy cannot override it", "Remove 'final'.");
	}

	private static boolean isDeclaredBy(List<Class<?>> interfaces, AnnotatedMethod annotated, Class<?> type) {
		return interfaces.stream()
			.flatMap((candidate) -> Arrays.stream(candidate.getMethods()))
			.anyMatch((method) -> annotated.isReachedBy(method, type));
	}

}
