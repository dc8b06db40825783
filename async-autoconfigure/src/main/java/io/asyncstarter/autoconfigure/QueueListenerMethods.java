package io.asyncstarter.autoconfigure;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;

import io.asyncstarter.queue.QueueListener;

/**
 * Finds the methods of all beans that have {@link QueueListener @QueueListener}. The
 * beans are not created for it.
 */
final class QueueListenerMethods {

	private static final Log logger = LogFactory.getLog(QueueListenerMethods.class);

	private final ConfigurableListableBeanFactory beanFactory;

	QueueListenerMethods(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	List<QueueListenerMethod> find() {
		List<QueueListenerMethod> methods = new ArrayList<>();
		for (String beanName : this.beanFactory.getBeanDefinitionNames()) {
			if (ScopedProxyUtils.isScopedTarget(beanName)
					|| this.beanFactory.getMergedBeanDefinition(beanName).isAbstract()) {
				continue;
			}
			Class<?> type = type(beanName);
			if (type != null && AnnotationUtils.isCandidateClass(type, QueueListener.class)) {
				annotated(type).forEach((method, annotation) -> methods
					.add(new QueueListenerMethod(beanName, type, method, annotation, queueName(annotation))));
			}
		}
		methods.sort(Comparator.comparing(QueueListenerMethod::place).thenComparing(QueueListenerMethod::beanName));
		return methods;
	}

	private @Nullable Class<?> type(String beanName) {
		try {
			return AutoProxyUtils.determineTargetClass(this.beanFactory, beanName);
		}
		catch (RuntimeException ex) {
			logger.debug("The type of bean '%s' is not known".formatted(beanName), ex);
			return null;
		}
	}

	private static Map<Method, QueueListener> annotated(Class<?> type) {
		try {
			return MethodIntrospector.selectMethods(type,
					(MethodIntrospector.MetadataLookup<QueueListener>) (method) -> AnnotatedElementUtils
						.findMergedAnnotation(method, QueueListener.class));
		}
		catch (IllegalStateException | LinkageError ex) {
			// A type that mentions what is not on the class path has no listeners of
			// ours.
			logger.debug("The methods of %s are not known".formatted(type.getName()), ex);
			return Map.of();
		}
	}

	private String queueName(QueueListener annotation) {
		String name = this.beanFactory.resolveEmbeddedValue(annotation.value());
		return (name != null) ? name : annotation.value();
	}

}
