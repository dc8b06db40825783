package io.asyncstarter.policy;

import java.util.function.Consumer;

import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/**
 * A context with policies and what applies them to beans.
 */
final class PolicyContext {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private boolean proxyTargetClass = true;

	private int order = ApplyPolicyBeanPostProcessor.DEFAULT_ORDER;

	PolicyContext(Policy... policies) {
		this.context.registerBean(Policies.class, () -> Policies.of(policies));
	}

	/**
	 * Proxies beans by their interfaces if they have some.
	 */
	PolicyContext byInterface(boolean byInterface) {
		this.proxyTargetClass = !byInterface;
		return this;
	}

	PolicyContext order(int order) {
		this.order = order;
		return this;
	}

	PolicyContext with(Class<?>... configurations) {
		this.context.register(configurations);
		return this;
	}

	PolicyContext with(Consumer<AnnotationConfigApplicationContext> change) {
		change.accept(this.context);
		return this;
	}

	AnnotationConfigApplicationContext start() {
		RootBeanDefinition definition = new RootBeanDefinition(ApplyPolicyBeanPostProcessor.class, () -> {
			ApplyPolicyBeanPostProcessor processor = new ApplyPolicyBeanPostProcessor(
					this.context.getBeanProvider(Policies.class)::getObject);
			processor.setProxyTargetClass(this.proxyTargetClass);
			processor.setOrder(this.order);
			return processor;
		});
		this.context.registerBeanDefinition("applyPolicyBeanPostProcessor", definition);
		this.context.refresh();
		return this.context;
	}

	/**
	 * Starts, and returns a bean of the type.
	 */
	<T> T bean(Class<T> type) {
		return start().getBean(type);
	}

}
