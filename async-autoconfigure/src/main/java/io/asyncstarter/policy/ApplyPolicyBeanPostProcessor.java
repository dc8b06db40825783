package io.asyncstarter.policy;

import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.SmartClassLoader;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * Puts the methods of beans under the policies that they name with
 * {@link ApplyPolicy @ApplyPolicy}. Joins the proxy that a bean has already, if it has
 * one. When all singletons exist, it looks at all beans, also at those that do not exist
 * yet, for what is wrong with their annotations.
 * <p>
 * Spring Boot applications have one. Others declare it by a static method of a
 * configuration class, and give it the policies without creating them early.
 *
 * @since 0.1.0
 */
public final class ApplyPolicyBeanPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
		implements SmartInitializingSingleton {

	/**
	 * The default order: around whatever has the order of transactions and of caching,
	 * and before the post-processors of {@code @Retryable}, {@code @ConcurrencyLimit} and
	 * {@code @Async}, which put themselves around what there is.
	 */
	public static final int DEFAULT_ORDER = Ordered.LOWEST_PRECEDENCE - 10;

	private final Supplier<? extends Policies> policies;

	private final Map<Class<?>, List<PolicyAdvisor>> advisors = new ConcurrentHashMap<>();

	/**
	 * The beans that others hold although they are not complete.
	 */
	private final Set<String> early = ConcurrentHashMap.newKeySet();

	private Consumer<List<ApplyPolicyProblem>> problemHandler = (problems) -> {
		throw new InvalidApplyPolicyException(problems);
	};

	private @Nullable PolicyMethodCompiler compiler;

	private volatile boolean started;

	/**
	 * Creates a post-processor.
	 * @param policies returns the policies; asked when the first annotated method is
	 * looked at, which is not before all singletons exist or such a method is called
	 */
	public ApplyPolicyBeanPostProcessor(Supplier<? extends Policies> policies) {
		Assert.notNull(policies, "'policies' must not be null");
		this.policies = policies;
		setOrder(DEFAULT_ORDER);
	}

	/**
	 * Sets what is done about mistakes, at least one; by default an
	 * {@link InvalidApplyPolicyException} is thrown.
	 * @param problemHandler throws an exception
	 */
	public void setProblemHandler(Consumer<List<ApplyPolicyProblem>> problemHandler) {
		Assert.notNull(problemHandler, "'problemHandler' must not be null");
		this.problemHandler = problemHandler;
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		Assert.isInstanceOf(ConfigurableListableBeanFactory.class, beanFactory);
		super.setBeanFactory(beanFactory);
		// Those that were put in have to be seen by the interceptors.
		setOpaque(false);
		this.compiler = new PolicyMethodCompiler(this.policies, (ConfigurableListableBeanFactory) beanFactory);
	}

	@Override
	public Class<?> determineBeanType(Class<?> beanClass, String beanName) {
		List<PolicyAdvisor> advisors = advisors(beanClass);
		if (advisors.isEmpty()) {
			return beanClass;
		}
		ProxyFactory factory = factory(beanName, beanClass);
		if (factory.isProxyTargetClass() && !canBeProxied(beanClass)) {
			return beanClass;
		}
		factory.addAdvisors(List.copyOf(advisors));
		return factory.getProxyClass(classLoaderFor(beanClass));
	}

	@Override
	public Object getEarlyBeanReference(Object bean, String beanName) {
		Object proxy = proxied(bean, beanName);
		if (proxy != bean || bean instanceof Advised) {
			this.early.add(earlyKey(bean, beanName));
		}
		return proxy;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (this.early.remove(earlyKey(bean, beanName))) ? bean : proxied(bean, beanName);
	}

	private static String earlyKey(Object bean, String beanName) {
		return (bean instanceof FactoryBean) ? BeanFactory.FACTORY_BEAN_PREFIX + beanName : beanName;
	}

	private Object proxied(Object bean, String beanName) {
		if (bean instanceof AopInfrastructureBean) {
			return bean;
		}
		Object result = bean;
		if (bean instanceof Advised advised && !advised.isFrozen() && isEligible(AopUtils.getTargetClass(bean))) {
			List<PolicyAdvisor> advisors = advisors(AopUtils.getTargetClass(bean));
			if (hasOneOf(advisors, bean)) {
				return bean;
			}
			join(advised, advisors);
		}
		else if (isEligible(bean, beanName)) {
			result = proxy(bean, beanName);
		}
		else {
			return bean;
		}
		if (this.started) {
			report(new ApplyPolicyCheck(this).problems(beanName, result));
		}
		return result;
	}

	/**
	 * Returns whether an object, or what it is a proxy of, has policies already. So it is
	 * with a bean that is another bean.
	 */
	private static boolean hasOneOf(List<PolicyAdvisor> advisors, Object proxy) {
		for (Object current = proxy; current instanceof Advised advised; current = AopProxyUtils
			.getSingletonTarget(current)) {
			if (Arrays.stream(advised.getAdvisors()).anyMatch(advisors::contains)) {
				return true;
			}
		}
		return false;
	}

	@Override
	protected boolean isEligible(Class<?> targetClass) {
		return !advisors(targetClass).isEmpty();
	}

	private void join(Advised advised, List<PolicyAdvisor> advisors) {
		int position = AdvisorPosition.in(advised, getOrder());
		for (PolicyAdvisor advisor : advisors) {
			advised.addAdvisor(position++, advisor);
		}
	}

	private Object proxy(Object bean, String beanName) {
		ProxyFactory factory = prepareProxyFactory(bean, beanName);
		if (!factory.isProxyTargetClass() && factory.getProxiedInterfaces().length == 0) {
			evaluateProxyInterfaces(bean.getClass(), factory);
		}
		if (factory.isProxyTargetClass() && !canBeProxied(bean.getClass())) {
			// Left as it is, so that this is reported together with other mistakes.
			return bean;
		}
		factory.addAdvisors(List.copyOf(advisors(bean.getClass())));
		factory.setFrozen(isFrozen());
		factory.setPreFiltered(true);
		return factory.getProxy(classLoaderFor(bean.getClass()));
	}

	private @Nullable ClassLoader classLoaderFor(Class<?> beanClass) {
		ClassLoader loader = getProxyClassLoader();
		return (loader instanceof SmartClassLoader smart && loader != beanClass.getClassLoader())
				? smart.getOriginalClassLoader() : loader;
	}

	/**
	 * Returns whether a class that is not proxied by its interfaces can be proxied at
	 * all.
	 */
	static boolean canBeProxied(Class<?> beanClass) {
		return isProxiedByInterfacesAnyway(beanClass)
				|| !(Modifier.isFinal(beanClass.getModifiers()) || beanClass.isSealed());
	}

	private static boolean isProxiedByInterfacesAnyway(Class<?> beanClass) {
		return Proxy.isProxyClass(beanClass) || ClassUtils.isLambdaClass(beanClass);
	}

	/**
	 * Returns the interfaces that a bean of a class is going to be proxied by.
	 * @return the interfaces, or none if the class itself is extended
	 */
	List<Class<?>> proxiedInterfaces(String beanName, Class<?> beanClass) {
		if (isProxiedByInterfacesAnyway(beanClass)) {
			return List.copyOf(ClassUtils.getAllInterfacesForClassAsSet(beanClass));
		}
		ProxyFactory factory = factory(beanName, beanClass);
		return (factory.isProxyTargetClass()) ? List.of() : List.of(factory.getProxiedInterfaces());
	}

	private ProxyFactory factory(String beanName, Class<?> beanClass) {
		ProxyFactory factory = new ProxyFactory();
		factory.copyFrom(this);
		factory.setFrozen(false);
		factory.setTargetClass(beanClass);
		if (this.beanFactory != null && AutoProxyUtils.shouldProxyTargetClass(this.beanFactory, beanName)) {
			factory.setProxyTargetClass(true);
		}
		if (!factory.isProxyTargetClass()) {
			evaluateProxyInterfaces(beanClass, factory);
		}
		return factory;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.started = true;
		Assert.state(this.beanFactory != null, "'beanFactory' must be set");
		report(new ApplyPolicyCheck(this).problems(this.beanFactory));
	}

	private void report(List<ApplyPolicyProblem> problems) {
		if (!problems.isEmpty()) {
			this.problemHandler.accept(problems);
		}
	}

	/**
	 * Returns the policies of a class, found out once.
	 */
	List<PolicyAdvisor> advisors(Class<?> beanClass) {
		return this.advisors.computeIfAbsent(ClassUtils.getUserClass(beanClass), this::newAdvisors);
	}

	private List<PolicyAdvisor> newAdvisors(Class<?> beanClass) {
		PolicyMethodCompiler compiler = this.compiler;
		Assert.state(compiler != null, "'beanFactory' must be set");
		return AnnotatedMethod.of(beanClass)
			.stream()
			.map((annotated) -> new PolicyAdvisor(annotated, compiler))
			.toList();
	}

}
