package io.asyncstarter.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.TaskDecorator;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutorCustomizer;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.executor.NoSuchExecutorException;
import io.asyncstarter.executor.OverloadPolicy;
import io.asyncstarter.executor.ThreadKind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(30)
class AsyncExecutorAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AsyncExecutorAutoConfiguration.class));

	@Test
	void whenNothingIsConfiguredThenIoRunsOnVirtualThreads() {
		this.contextRunner.run((context) -> {
			BoundedExecutor io = context.getBean("io", BoundedExecutor.class);

			assertThat(io.getName()).isEqualTo("io");
			assertThat(io.getThreadKind()).isEqualTo(ThreadKind.VIRTUAL);
			assertThat(io.getMaxConcurrency()).isEqualTo(200);
			assertThat(io.getQueueCapacity()).isEqualTo(1000);
			assertThat(io.getOverloadPolicy()).isEqualTo(OverloadPolicy.REJECT);
			assertThat(io.submit(() -> Thread.currentThread().isVirtual()).get()).isTrue();
		});
	}

	@Test
	void whenNothingIsConfiguredThenCpuHasAPlatformThreadPerProcessor() {
		this.contextRunner.run((context) -> {
			BoundedExecutor cpu = context.getBean("cpu", BoundedExecutor.class);

			assertThat(cpu.getThreadKind()).isEqualTo(ThreadKind.PLATFORM);
			assertThat(cpu.getMaxConcurrency()).isEqualTo(Runtime.getRuntime().availableProcessors());
			assertThat(cpu.getQueueCapacity()).isEqualTo(100);
			assertThat(cpu.submit(() -> Thread.currentThread().getName()).get()).isEqualTo("cpu-1");
		});
	}

	@Test
	void whenPropertiesAreSetThenTheyAreApplied() {
		this.contextRunner
			.withPropertyValues("async.executors.orders.threads=platform", "async.executors.orders.max-concurrency=3",
					"async.executors.orders.queue-capacity=7", "async.executors.orders.when-full=discard-oldest")
			.run((context) -> {
				BoundedExecutor orders = context.getBean("orders", BoundedExecutor.class);

				assertThat(orders.getThreadKind()).isEqualTo(ThreadKind.PLATFORM);
				assertThat(orders.getMaxConcurrency()).isEqualTo(3);
				assertThat(orders.getQueueCapacity()).isEqualTo(7);
				assertThat(orders.getOverloadPolicy()).isEqualTo(OverloadPolicy.DISCARD_OLDEST);
				assertThat(context).hasBean("io").hasBean("cpu");
			});
	}

	@Test
	void whenTimesAreSetThenTheyAreApplied() {
		this.contextRunner
			.withPropertyValues("async.executors.io.max-wait=1s", "async.executors.io.queue-timeout=2s",
					"async.executors.io.run-timeout=3s")
			.run((context) -> {
				ExecutorProperties io = context.getBean(AsyncProperties.class).executors().get("io");

				assertThat(io).isNotNull();
				assertThat(io.maxWait()).isEqualTo(Duration.ofSeconds(1));
				assertThat(io.queueTimeout()).isEqualTo(Duration.ofSeconds(2));
				assertThat(io.runTimeout()).isEqualTo(Duration.ofSeconds(3));
			});
	}

	@Test
	void whenRunTimeoutIsSetThenATaskIsInterruptedByIt() {
		this.contextRunner.withPropertyValues("async.executors.io.run-timeout=20ms").run((context) -> {
			BoundedExecutor io = context.getBean("io", BoundedExecutor.class);

			assertThat(io.submit(() -> {
				new CountDownLatch(1).await();
				return 1;
			})).failsWithin(Duration.ofSeconds(10))
				.withThrowableThat()
				.havingRootCause()
				.isInstanceOf(InterruptedException.class);
		});
	}

	@Test
	void whenOneKeyOfADefaultExecutorIsSetThenTheOthersStay() {
		this.contextRunner.withPropertyValues("async.executors.cpu.queue-capacity=5").run((context) -> {
			BoundedExecutor cpu = context.getBean("cpu", BoundedExecutor.class);

			assertThat(cpu.getQueueCapacity()).isEqualTo(5);
			assertThat(cpu.getThreadKind()).isEqualTo(ThreadKind.PLATFORM);
		});
	}

	@Test
	void whenBeanIsNamedLikeADefaultExecutorThenTheBeanWins() {
		this.contextRunner.withUserConfiguration(OwnIoConfiguration.class).run((context) -> {
			assertThat(context.getBean("io", BoundedExecutor.class).getMaxConcurrency()).isEqualTo(2);
			assertThat(context.getBean(BoundedExecutors.class).get("io").getMaxConcurrency()).isEqualTo(2);
		});
	}

	@Test
	void whenExecutorsAreAskedForByQualifierThenTheyAreInjected() {
		this.contextRunner.withUserConfiguration(QualifiedConfiguration.class)
			.run((context) -> assertThat(context.getBean(Qualified.class).executor()).isSameAs(context.getBean("io")));
	}

	@Test
	void executorsAreFoundInTheRegistryByName() {
		this.contextRunner.withPropertyValues("async.executors.orders.max-concurrency=3").run((context) -> {
			BoundedExecutors executors = context.getBean(BoundedExecutors.class);

			assertThat(executors.names()).containsExactly("cpu", "io", "orders");
			assertThat(executors.get("orders")).isSameAs(context.getBean("orders"));
			assertThat(executors.find("other")).isEmpty();
			assertThatExceptionOfType(NoSuchExecutorException.class).isThrownBy(() -> executors.get("order"))
				.withMessage("There is no executor named 'order'; there are: cpu, io, orders");
		});
	}

	@Test
	void customizersAreCalledInOrderAfterTheProperties() {
		this.contextRunner.withUserConfiguration(CustomizerConfiguration.class)
			.withPropertyValues("async.executors.io.max-concurrency=7", "async.executors.io.queue-capacity=7")
			.run((context) -> {
				BoundedExecutor io = context.getBean("io", BoundedExecutor.class);

				assertThat(io.getMaxConcurrency()).isEqualTo(12);
				assertThat(io.getQueueCapacity()).isEqualTo(7);
				assertThat(context.getBean("cpu", BoundedExecutor.class).getMaxConcurrency())
					.isEqualTo(Runtime.getRuntime().availableProcessors());
			});
	}

	@Test
	void taskDecoratorBeansAreAppliedInOrder() {
		this.contextRunner.withUserConfiguration(DecoratorConfiguration.class).run((context) -> {
			List<String> calls = context.getBean(DecoratorConfiguration.class).calls;

			context.getBean("io", BoundedExecutor.class).submit(() -> calls.add("task")).get();

			assertThat(calls).containsExactly("second", "first", "task");
		});
	}

	@Test
	void lookingForBeansByTypeCreatesNoExecutor() {
		this.contextRunner.withUserConfiguration(LookingConfiguration.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(LookingConfiguration.Seen.class).singletons()).isNotEmpty()
				.noneMatch((name) -> name.equals("io") || name.contains("AsyncProperties"));
		});
	}

	@Test
	void whenContextFailsToStartThenExecutorsAreShutDown() {
		List<BoundedExecutor> executors = new CopyOnWriteArrayList<>();
		this.contextRunner.withBean("failing", Object.class, () -> {
			throw new IllegalStateException("expected");
		})
			.withInitializer((context) -> context.addBeanFactoryPostProcessor(
					(beanFactory) -> beanFactory.addBeanPostProcessor(new CollectingBeanPostProcessor(executors))))
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(executors).allMatch(BoundedExecutor::isTerminated);
			});
	}

	@Test
	void whenLazyInitializationIsOnThenExecutorsWorkAndClose() {
		this.contextRunner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				BoundedExecutor io = context.getBean(BoundedExecutors.class).get("io");

				assertThat(io.submit(() -> 42).get()).isEqualTo(42);

				context.close();
				assertThat(io.isTerminated()).isTrue();
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnIoConfiguration {

		@Bean
		BoundedExecutor io() {
			return BoundedExecutor.builder("io").maxConcurrency(2).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LookingConfiguration {

		@Bean
		static BeanFactoryPostProcessor looking() {
			return (beanFactory) -> {
				assertThat(beanFactory.containsBeanDefinition("io")).isTrue();
				assertThat(beanFactory.getBeanNamesForType(CharSequence.class)).isEmpty();
				beanFactory.registerSingleton("seen", new Seen(List.of(beanFactory.getSingletonNames())));
			};
		}

		record Seen(List<String> singletons) {

		}

	}

	record Qualified(BoundedExecutor executor) {

	}

	@Configuration(proxyBeanMethods = false)
	static class QualifiedConfiguration {

		@Bean
		Qualified qualified(@Qualifier("io") BoundedExecutor executor) {
			return new Qualified(executor);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CustomizerConfiguration {

		@Bean
		@Order(2)
		BoundedExecutorCustomizer last() {
			return (name, builder) -> {
				if (name.equals("io")) {
					builder.maxConcurrency(12);
				}
			};
		}

		@Bean
		@Order(1)
		BoundedExecutorCustomizer first() {
			return (name, builder) -> {
				if (name.equals("io")) {
					builder.maxConcurrency(11);
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DecoratorConfiguration {

		private final List<String> calls = new CopyOnWriteArrayList<>();

		@Bean
		@Order(1)
		TaskDecorator first() {
			return decorator("first");
		}

		@Bean
		@Order(2)
		TaskDecorator second() {
			return decorator("second");
		}

		private TaskDecorator decorator(String name) {
			return (task) -> () -> {
				this.calls.add(name);
				task.run();
			};
		}

	}

	record CollectingBeanPostProcessor(List<BoundedExecutor> executors) implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			if (bean instanceof BoundedExecutor executor) {
				this.executors.add(executor);
			}
			return bean;
		}

	}

}
