package io.asyncstarter.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import io.asyncstarter.executor.BoundedExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Boot's own executor and scheduler stay what they are and are used for what they were,
 * whatever else there is.
 */
@Timeout(60)
class BootExecutorsTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AsyncExecutorAutoConfiguration.class,
				TaskExecutionAutoConfiguration.class, TaskSchedulingAutoConfiguration.class))
		.withPropertyValues("async.executors.orders.max-concurrency=3");

	private static ApplicationContextRunner lazy(ApplicationContextRunner runner, boolean lazy) {
		return (!lazy) ? runner : runner.withInitializer(
				(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()));
	}

	@ParameterizedTest
	@CsvSource({ "false, false", "false, true", "true, false", "true, true" })
	void applicationTaskExecutorIsKeptAndInjectedByType(boolean virtualThreads, boolean lazy) {
		lazy(this.contextRunner, lazy).withPropertyValues("spring.threads.virtual.enabled=" + virtualThreads)
			.withUserConfiguration(ByTypeConfiguration.class)
			.run((context) -> {
				Object applicationTaskExecutor = context.getBean("applicationTaskExecutor");

				assertThat(applicationTaskExecutor)
					.isInstanceOf((virtualThreads) ? SimpleAsyncTaskExecutor.class : ThreadPoolTaskExecutor.class);
				ByType byType = context.getBean(ByType.class);
				assertThat(byType.executor()).isSameAs(applicationTaskExecutor);
				assertThat(byType.taskExecutor()).isSameAs(applicationTaskExecutor);
				assertThat(byType.asyncTaskExecutor()).isSameAs(applicationTaskExecutor);
			});
	}

	@ParameterizedTest
	@CsvSource({ "false, false", "false, true", "true, false", "true, true" })
	void taskSchedulerIsKeptAndRunsScheduledMethods(boolean virtualThreads, boolean lazy) {
		lazy(this.contextRunner, lazy).withPropertyValues("spring.threads.virtual.enabled=" + virtualThreads)
			.withUserConfiguration(SchedulingConfiguration.class)
			.run((context) -> {
				assertThat(context.getBean(TaskScheduler.class)).isSameAs(context.getBean("taskScheduler"))
					.isInstanceOf((virtualThreads) ? SimpleAsyncTaskScheduler.class : ThreadPoolTaskScheduler.class);
				SchedulingConfiguration scheduled = context.getBean(SchedulingConfiguration.class);
				assertThat(scheduled.ran.await(10, TimeUnit.SECONDS)).isTrue();
				assertThat(scheduled.thread.get()).startsWith("scheduling-");
			});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void asyncWithoutNameRunsOnTheApplicationTaskExecutor(boolean virtualThreads) {
		this.contextRunner.withPropertyValues("spring.threads.virtual.enabled=" + virtualThreads)
			.withUserConfiguration(AsyncConfiguration.class)
			.run((context) -> assertThat(context.getBean(AsyncMethods.class).unnamed().get()).startsWith("task-"));
	}

	@ParameterizedTest
	@CsvSource({ "false, false", "false, true", "true, false", "true, true" })
	void asyncWithNameRunsOnThatExecutor(boolean virtualThreads, boolean lazy) {
		lazy(this.contextRunner, lazy).withPropertyValues("spring.threads.virtual.enabled=" + virtualThreads)
			.withUserConfiguration(AsyncConfiguration.class, SchedulingConfiguration.class)
			.run((context) -> {
				AsyncMethods methods = context.getBean(AsyncMethods.class);

				assertThat(methods.onOrders().get()).startsWith("orders-");
				assertThat(methods.onIo().get()).startsWith("io-");
			});
	}

	@Test
	void whenUserDeclaresAnExecutorThenBootBacksOffAsWithoutUs() {
		this.contextRunner.withUserConfiguration(OwnExecutorConfiguration.class, AsyncConfiguration.class)
			.run((context) -> {
				assertThat(context).doesNotHaveBean("applicationTaskExecutor");
				assertThat(context.getBean(Executor.class)).isSameAs(context.getBean("mine"));
				assertThat(context.getBean(AsyncMethods.class).onOrders().get()).startsWith("orders-");
			});
	}

	@Test
	void whenUserDeclaresAnExecutorAndModeIsForceThenBootsExecutorIsKept() {
		this.contextRunner.withPropertyValues("spring.task.execution.mode=force")
			.withUserConfiguration(OwnExecutorConfiguration.class, AsyncConfiguration.class)
			.run((context) -> {
				assertThat(context).hasBean("applicationTaskExecutor").hasBean("mine");
				assertThat(context.getBean(AsyncMethods.class).unnamed().get()).startsWith("task-");
			});
	}

	@Test
	void whenUserDeclaresABoundedExecutorAsDefaultThenBootBacksOff() {
		this.contextRunner
			.withBean("own", BoundedExecutor.class, () -> BoundedExecutor.builder("own").maxConcurrency(1).build())
			.run((context) -> assertThat(context).doesNotHaveBean("applicationTaskExecutor"));
	}

	@Test
	void bootstrapExecutorIsStillTheApplicationTaskExecutor() {
		this.contextRunner.run((context) -> assertThat(context.getBean("bootstrapExecutor"))
			.isSameAs(context.getBean("applicationTaskExecutor")));
	}

	record ByType(Executor executor, TaskExecutor taskExecutor, AsyncTaskExecutor asyncTaskExecutor) {

	}

	@Configuration(proxyBeanMethods = false)
	static class ByTypeConfiguration {

		@Bean
		ByType byType(Executor executor, TaskExecutor taskExecutor, AsyncTaskExecutor asyncTaskExecutor) {
			return new ByType(executor, taskExecutor, asyncTaskExecutor);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class SchedulingConfiguration {

		private final CountDownLatch ran = new CountDownLatch(1);

		private final AtomicReference<@Nullable String> thread = new AtomicReference<>();

		@Scheduled(fixedDelay = 1, timeUnit = TimeUnit.HOURS)
		void run() {
			this.thread.set(Thread.currentThread().getName());
			this.ran.countDown();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class AsyncConfiguration {

		@Bean
		AsyncMethods asyncMethods() {
			return new AsyncMethods();
		}

	}

	static class AsyncMethods {

		@Async
		CompletableFuture<String> unnamed() {
			return CompletableFuture.completedFuture(Thread.currentThread().getName());
		}

		@Async("orders")
		CompletableFuture<String> onOrders() {
			return CompletableFuture.completedFuture(Thread.currentThread().getName());
		}

		@Async("io")
		CompletableFuture<String> onIo() {
			return CompletableFuture.completedFuture(Thread.currentThread().getName());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnExecutorConfiguration {

		@Bean(destroyMethod = "shutdown")
		Executor mine() {
			return Executors.newSingleThreadExecutor((task) -> new Thread(task, "mine"));
		}

	}

}
