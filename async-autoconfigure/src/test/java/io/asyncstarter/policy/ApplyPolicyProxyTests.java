package io.asyncstarter.policy;

import java.lang.reflect.InvocationHandler;
import java.util.Arrays;
import java.util.concurrent.Callable;

import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.target.HotSwappableTargetSource;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for how policies get into the proxies of beans.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class ApplyPolicyProxyTests {

	private final Policy policy = Policy.builder("plain").build();

	private PolicyContext context() {
		return new PolicyContext(this.policy);
	}

	private void callsArePoliced(Callable<String> call) throws Exception {
		long before = this.policy.getCount(PolicyEventKind.SUCCEEDED);

		assertThat(call.call()).isEqualTo("value");

		assertThat(this.policy.getCount(PolicyEventKind.SUCCEEDED)).isEqualTo(before + 1);
	}

	@Test
	void beanWithoutAnnotationIsNotProxied() {
		assertThat(AopUtils.isAopProxy(context().with(Plain.class).bean(Plain.class))).isFalse();
	}

	@Test
	void existingProxyIsJoined() throws Exception {
		try (AnnotationConfigApplicationContext context = context().with(Transactions.class, Annotated.class).start()) {
			Annotated bean = context.getBean(Annotated.class);

			assertThat(policies(bean)).isOne();
			assertThat(AopUtils.isAopProxy(AopProxyUtils.getSingletonTarget(bean))).isFalse();
			callsArePoliced(bean::call);
		}
	}

	@Test
	void beanThatIsAnotherBeanIsUnderItsPolicyOnce() throws Exception {
		try (AnnotationConfigApplicationContext context = context()
			.with(Transactions.class, Annotated.class, SameBeanAgain.class)
			.start()) {
			Annotated bean = context.getBean("again", Annotated.class);

			callsArePoliced(bean::call);
		}
	}

	private static long policies(Object proxy) {
		return Arrays.stream(((Advised) proxy).getAdvisors()).filter(PolicyAdvisor.class::isInstance).count();
	}

	@Test
	void proxyOfAnInterfaceWithoutTargetIsJoinedBeforeItsLastInterceptor() throws Exception {
		try (AnnotationConfigApplicationContext context = context().with(Client.class).start()) {
			HttpClient client = context.getBean(HttpClient.class);

			callsArePoliced(client::call);
			assertThat(client.failing()).isEqualTo("default");
		}
	}

	@Test
	void proxyOfAnotherClassIsProxied() throws Exception {
		try (AnnotationConfigApplicationContext context = context().with(RepositoryConfiguration.class).start()) {
			callsArePoliced(context.getBean(HttpClient.class)::call);
		}
	}

	@Test
	void targetThatIsSwappedStaysUnderItsPolicy() throws Exception {
		HotSwappableTargetSource source = new HotSwappableTargetSource(new Annotated());
		ProxyFactory factory = new ProxyFactory();
		factory.setTargetSource(source);
		factory.setProxyTargetClass(true);
		try (AnnotationConfigApplicationContext context = context()
			.with((change) -> change.registerBean("swapped", Annotated.class, () -> (Annotated) factory.getProxy()))
			.start()) {
			Annotated bean = context.getBean(Annotated.class);
			callsArePoliced(bean::call);

			source.swap(new Annotated());

			callsArePoliced(bean::call);
		}
	}

	@Test
	void frozenProxyIsProxied() throws Exception {
		ProxyFactory factory = new ProxyFactory(new Annotated());
		factory.setProxyTargetClass(true);
		factory.setFrozen(true);
		try (AnnotationConfigApplicationContext context = context()
			.with((change) -> change.registerBean("frozen", Annotated.class, () -> (Annotated) factory.getProxy()))
			.start()) {
			callsArePoliced(context.getBean(Annotated.class)::call);
		}
	}

	@Test
	void productOfAFactoryBeanIsProxied() throws Exception {
		try (AnnotationConfigApplicationContext context = context().with(AnnotatedFactory.class).start()) {
			callsArePoliced(context.getBean(Annotated.class)::call);
		}
	}

	@Test
	void beanOfAScopeIsProxiedOnce() throws Exception {
		try (AnnotationConfigApplicationContext context = context().with(Scoped.class)
			.with((change) -> change.getBeanFactory().registerScope("thread", new SimpleThreadScope()))
			.start()) {
			callsArePoliced(context.getBean("scoped", Annotated.class)::call);
		}
	}

	@Test
	void circularReferenceIsToTheProxy() throws Exception {
		try (AnnotationConfigApplicationContext context = context().with(First.class, Second.class).start()) {
			First first = context.getBean(First.class);

			assertThat(context.getBean(Second.class).first).isSameAs(first);
			assertThat(AopUtils.isAopProxy(first)).isTrue();
			callsArePoliced(first::call);
		}
	}

	@Test
	void circularReferenceIsToTheOneProxyOfABeanWithTransactions() throws Exception {
		try (AnnotationConfigApplicationContext context = context()
			.with(Transactions.class, First.class, Second.class, TransactionalFirst.class, TransactionalSecond.class)
			.start()) {
			TransactionalFirst first = context.getBean(TransactionalFirst.class);

			assertThat(context.getBean(TransactionalSecond.class).first).isSameAs(first);
			assertThat(policies(first)).isOne();
			callsArePoliced(first::call);
		}
	}

	@Test
	void nothingIsCreatedTooEarly(CapturedOutput output) {
		context().with(Transactions.class, Annotated.class, AnnotatedFactory.class).start().close();

		assertThat(output).doesNotContain("is not eligible for getting processed by all BeanPostProcessors");
	}

	@Test
	void typeOfTheProxyIsKnownBefore() {
		try (AnnotationConfigApplicationContext context = context().with(Annotated.class).start()) {
			ApplyPolicyBeanPostProcessor processor = context.getBean(ApplyPolicyBeanPostProcessor.class);

			assertThat(processor.determineBeanType(Plain.class, "plain")).isEqualTo(Plain.class);
			assertThat(processor.determineBeanType(Annotated.class, "other"))
				.isEqualTo(context.getBean(Annotated.class).getClass());
			assertThat(processor.determineBeanType(FinalAnnotated.class, "final")).isEqualTo(FinalAnnotated.class);
		}
	}

	static class Plain {

		String call() {
			return "value";
		}

	}

	static class Annotated {

		@Transactional
		@ApplyPolicy("plain")
		String call() {
			return "value";
		}

	}

	static final class FinalAnnotated {

		@ApplyPolicy("plain")
		String call() {
			return "value";
		}

	}

	interface HttpClient {

		@ApplyPolicy("plain")
		String call();

		@ApplyPolicy(value = "plain", fallbackMethod = "otherwise")
		String failing();

		default String otherwise(Throwable failure) {
			return "default";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Client {

		@Bean
		HttpClient client() {
			MethodInterceptor exchange = (invocation) -> switch (invocation.getMethod().getName()) {
				case "call" -> "value";
				case "otherwise" -> InvocationHandler.invokeDefault(((ProxyMethodInvocation) invocation).getProxy(),
						invocation.getMethod(), invocation.getArguments());
				default -> throw new IllegalStateException(invocation.getMethod().getName());
			};
			return ProxyFactory.getProxy(HttpClient.class, exchange);
		}

	}

	static class Repository {

		String call() {
			return "value";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RepositoryConfiguration {

		@Bean
		HttpClient repository() {
			ProxyFactory factory = new ProxyFactory();
			Repository target = new Repository();
			factory.setTarget(target);
			factory.setInterfaces(HttpClient.class);
			factory.addAdvice((MethodInterceptor) (invocation) -> target.call());
			return (HttpClient) factory.getProxy();
		}

	}

	static class AnnotatedFactory implements FactoryBean<Annotated> {

		@Override
		public Annotated getObject() {
			return new Annotated();
		}

		@Override
		public Class<?> getObjectType() {
			return Annotated.class;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SameBeanAgain {

		@Bean
		Annotated again(Annotated annotated) {
			return annotated;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Scoped {

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		Annotated scoped() {
			return new Annotated();
		}

	}

	static class First {

		@Autowired
		@SuppressWarnings("NullAway.Init") // Spring sets it
		Second second;

		@ApplyPolicy("plain")
		String call() {
			return "value";
		}

	}

	static class Second {

		@Autowired
		@SuppressWarnings("NullAway.Init") // Spring sets it
		First first;

	}

	static class TransactionalFirst {

		@Autowired
		@SuppressWarnings("NullAway.Init") // Spring sets it
		TransactionalSecond second;

		@Transactional
		@ApplyPolicy("plain")
		String call() {
			return "value";
		}

	}

	static class TransactionalSecond {

		@Autowired
		@SuppressWarnings("NullAway.Init") // Spring sets it
		TransactionalFirst first;

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(proxyTargetClass = true)
	static class Transactions {

		@Bean
		PlatformTransactionManager transactionManager() {
			return new ApplyPolicyOrderTests.Transactions();
		}

	}

}
