package io.asyncstarter.policy;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.aspectj.lang.JoinPoint;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.EnableAspectJAutoProxy;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.resilience.InvocationRejectedException;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the place of policies among Spring's own annotations, for both kinds of
 * proxies.
 */
@Timeout(60)
class ApplyPolicyOrderTests {

	private final Queue<String> threads = new ConcurrentLinkedQueue<>();

	private final Policy retrying = Policy.builder("retrying")
		.environment(PolicyEnvironment.builder().listener((event) -> this.threads.add(threadName())).build())
		.retry((retry) -> retry.maxAttempts(3).backoff(Duration.ZERO))
		.build();

	private final Policy plain = Policy.builder("plain").build();

	private static String threadName() {
		return Thread.currentThread().getName();
	}

	private AnnotationConfigApplicationContext start(boolean byInterface, Class<?>... configurations) {
		return new PolicyContext(this.retrying, this.plain).byInterface(byInterface).with((context) -> {
			if (!byInterface) {
				AopConfigUtils.forceAutoProxyCreatorToUseClassProxying(context);
			}
		}).with(configurations).with(ServiceBean.class).start();
	}

	private static Service service(AnnotationConfigApplicationContext context, boolean byInterface) {
		Service service = context.getBean(Service.class);
		assertThat(AopUtils.isJdkDynamicProxy(service)).isEqualTo(byInterface);
		assertThat(AopUtils.isAopProxy(AopProxyUtils.getSingletonTarget(service))).as("proxy around a proxy").isFalse();
		assertThat(((Advised) service).getAdvisors()).doesNotHaveDuplicates();
		return service;
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void policyRunsOnTheThreadOfAsync(boolean byInterface) {
		try (AnnotationConfigApplicationContext context = start(byInterface, AsyncConfiguration.class)) {
			Service service = service(context, byInterface);
			CompletableFuture<String> done = new CompletableFuture<>();

			service.asyncVoid(2, done);

			assertThat(done.join()).startsWith("async-");
			assertThat(this.retrying.getCount(PolicyEventKind.RETRIED)).isEqualTo(2);
			assertThat(this.threads).isNotEmpty().containsOnly(done.join());
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void futureOfAsyncIsFollowed(boolean byInterface) {
		try (AnnotationConfigApplicationContext context = start(byInterface, AsyncConfiguration.class)) {
			assertThat(service(context, byInterface).async(0).join()).startsWith("async-");
			assertThat(this.retrying.getCount(PolicyEventKind.SUCCEEDED)).isOne();
			assertThat(service(context, byInterface).async(3).join()).isNotEqualTo(threadName());
			assertThat(this.retrying.getCount(PolicyEventKind.RETRIED)).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void policyIsInsideOfAsyncThatCameFirst(boolean byInterface) {
		try (AnnotationConfigApplicationContext context = start(byInterface, EarlyAsyncConfiguration.class)) {
			CompletableFuture<String> done = new CompletableFuture<>();

			service(context, byInterface).asyncVoid(2, done);

			assertThat(done.join()).startsWith("async-");
			assertThat(this.threads).isNotEmpty().containsOnly(done.join());
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void eachAttemptHasItsOwnTransaction(boolean byInterface) {
		try (AnnotationConfigApplicationContext context = start(byInterface, TransactionConfiguration.class)) {
			assertThat(service(context, byInterface).transactional(2)).isEqualTo(3);

			assertThat(context.getBean(Transactions.class).log).containsExactly("begin", "rollback", "begin",
					"rollback", "begin", "commit");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void hitOfTheCacheCostsNothing(boolean byInterface) {
		try (AnnotationConfigApplicationContext context = start(byInterface, CacheConfiguration.class,
				TransactionConfiguration.class)) {
			Service service = service(context, byInterface);

			assertThat(service.cached("a")).isEqualTo("a1");
			assertThat(service.cached("a")).isEqualTo("a1");
			assertThat(service.cached("b")).isEqualTo("b2");

			assertThat(this.retrying.getCount(PolicyEventKind.SUCCEEDED)).isEqualTo(2);
			assertThat(context.getBean(Transactions.class).log).containsExactly("begin", "commit", "begin", "commit");
		}
	}

	@Test
	void policyIsOutsideOfTransactionsEvenIfCachingIsInsideOfThem() {
		try (AnnotationConfigApplicationContext context = start(false, TransactionConfiguration.class,
				CacheConfiguration.class)) {
			Service service = service(context, false);

			assertThat(service.transactional(2)).isEqualTo(3);

			assertThat(context.getBean(Transactions.class).log).hasSize(6);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void attemptOfRetryableIsACallOfThePolicy(boolean byInterface) {
		try (AnnotationConfigApplicationContext context = start(byInterface, ResilienceConfiguration.class)) {
			assertThat(service(context, byInterface).retryable(2)).isEqualTo(3);

			assertThat(this.plain.getCount(PolicyEventKind.FAILED)).isEqualTo(2);
			assertThat(this.plain.getCount(PolicyEventKind.SUCCEEDED)).isOne();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void retriesOfThePolicyAreOneCallForConcurrencyLimit(boolean byInterface) {
		try (AnnotationConfigApplicationContext context = start(byInterface, ResilienceConfiguration.class)) {
			Service service = service(context, byInterface);
			Function<Integer, Integer> nested = (failures) -> service.limited(failures, (number) -> number);

			assertThat(service.limited(2, (number) -> number)).isEqualTo(3);
			assertThatExceptionOfType(InvocationRejectedException.class).isThrownBy(() -> service.limited(0, nested))
				.withMessageContaining("Concurrency limit reached");

			assertThat(this.retrying.getCount(PolicyEventKind.SUCCEEDED)).isOne();
			assertThat(this.retrying.getCount(PolicyEventKind.FAILED)).isOne();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aspectsAreAroundOrWithinByTheirOrder(boolean byInterface) {
		try (AnnotationConfigApplicationContext context = start(byInterface, AspectConfiguration.class)) {
			Service service = service(context, byInterface);
			Log log = context.getBean(Log.class);

			assertThat(service.withAspects("x", 2)).isEqualTo("x-changed 3");
			assertThat(log.entries).containsExactly("outer x", "inner x", "before", "inner x", "before", "inner x",
					"before");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aspectsWithinFindTheCallOfAnotherThreadAndOfLater(boolean byInterface) {
		try (AnnotationConfigApplicationContext context = start(byInterface, AspectConfiguration.class)) {
			Service service = service(context, byInterface);
			Log log = context.getBean(Log.class);

			assertThat(service.stage("x", 2).join()).isEqualTo("x-changed 3");
			assertThat(service.mono("y", 0).block()).isEqualTo("y-changed 4");
			assertThat(log.entries).containsExactly("outer x", "inner x", "before", "inner x", "before", "inner x",
					"before", "outer y", "inner y", "before");
		}
	}

	interface Service {

		CompletableFuture<String> async(int failures);

		void asyncVoid(int failures, CompletableFuture<String> done);

		int transactional(int failures);

		String cached(String key);

		// Spring looks for these two at the method that was called.
		@Retryable(maxRetries = 2, delay = 0)
		int retryable(int failures);

		@ConcurrencyLimit(limit = 1, policy = ConcurrencyLimit.ThrottlePolicy.REJECT)
		int limited(int failures, Function<Integer, Integer> body);

		String withAspects(String text, int failures);

		CompletableFuture<String> stage(String text, int failures);

		Mono<String> mono(String text, int failures);

	}

	static class ServiceBean implements Service {

		private final AtomicInteger attempts = new AtomicInteger();

		private int attempt(int failures) {
			int attempt = this.attempts.incrementAndGet();
			if (attempt <= failures) {
				throw new IllegalStateException("attempt " + attempt);
			}
			return attempt;
		}

		@Override
		@Async
		@ApplyPolicy("retrying")
		public CompletableFuture<String> async(int failures) {
			attempt(failures);
			return CompletableFuture.completedFuture(threadName());
		}

		@Override
		@Async
		@ApplyPolicy("retrying")
		public void asyncVoid(int failures, CompletableFuture<String> done) {
			attempt(failures);
			done.complete(threadName());
		}

		@Override
		@Transactional
		@ApplyPolicy("retrying")
		public int transactional(int failures) {
			assertThat(TransactionSynchronizationManager.isActualTransactionActive()).isTrue();
			return attempt(failures);
		}

		@Override
		@Cacheable("cache")
		@Transactional
		@ApplyPolicy("retrying")
		public String cached(String key) {
			return key + attempt(0);
		}

		@Override
		@ApplyPolicy("plain")
		public int retryable(int failures) {
			return attempt(failures);
		}

		@Override
		@ApplyPolicy("retrying")
		public int limited(int failures, Function<Integer, Integer> body) {
			return body.apply(attempt(failures));
		}

		@Override
		@ApplyPolicy("retrying")
		public String withAspects(String text, int failures) {
			return text + " " + attempt(failures);
		}

		@Override
		@ApplyPolicy("retrying")
		public CompletableFuture<String> stage(String text, int failures) {
			return CompletableFuture.supplyAsync(() -> text + " " + attempt(failures));
		}

		@Override
		@ApplyPolicy("retrying")
		public Mono<String> mono(String text, int failures) {
			return Mono.just(text + " " + attempt(failures));
		}

	}

	static class Log {

		final Queue<String> entries = new ConcurrentLinkedQueue<>();

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class AsyncConfiguration {

		@Bean
		Executor taskExecutor() {
			return new SimpleAsyncTaskExecutor("async-");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(order = 0)
	static class EarlyAsyncConfiguration {

		@Bean
		Executor taskExecutor() {
			return new SimpleAsyncTaskExecutor("async-");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	static class TransactionConfiguration {

		@Bean
		PlatformTransactionManager transactionManager() {
			return new Transactions();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CacheConfiguration {

		@Bean
		ConcurrentMapCacheManager cacheManager() {
			return new ConcurrentMapCacheManager("cache");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableResilientMethods
	static class ResilienceConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAspectJAutoProxy
	static class AspectConfiguration {

		@Bean
		Log log() {
			return new Log();
		}

		@Bean
		OuterAspect outer(Log log) {
			return new OuterAspect(log);
		}

		@Bean
		InnerAspect inner(Log log) {
			return new InnerAspect(log);
		}

	}

	@Aspect
	@Order(1)
	static class OuterAspect {

		private final Log log;

		OuterAspect(Log log) {
			this.log = log;
		}

		@Around("execution(* io.asyncstarter.policy.ApplyPolicyOrderTests.Service.*(..)) && args(text, ..)")
		Object around(ProceedingJoinPoint call, String text) throws Throwable {
			this.log.entries.add("outer " + text);
			return call.proceed();
		}

	}

	@Aspect
	@Order(Ordered.LOWEST_PRECEDENCE)
	static class InnerAspect {

		private final Log log;

		InnerAspect(Log log) {
			this.log = log;
		}

		@Around("execution(* io.asyncstarter.policy.ApplyPolicyOrderTests.Service.*(..)) && args(text, ..)")
		Object around(ProceedingJoinPoint call, String text) throws Throwable {
			this.log.entries.add("inner " + text);
			Object[] arguments = call.getArgs();
			arguments[0] = text + "-changed";
			return call.proceed(arguments);
		}

		@Before("execution(* io.asyncstarter.policy.ApplyPolicyOrderTests.Service.*(..))")
		void before(JoinPoint call) {
			assertThat(call.getArgs()).hasSize(2);
			this.log.entries.add("before");
		}

	}

	static class Transactions extends AbstractPlatformTransactionManager {

		final List<String> log = new CopyOnWriteArrayList<>();

		@Override
		protected Object doGetTransaction() {
			return this;
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
			this.log.add("begin");
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
			this.log.add("commit");
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
			this.log.add("rollback");
		}

	}

}
