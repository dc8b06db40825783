package io.asyncstarter.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import reactor.core.publisher.Mono;

import io.asyncstarter.actuate.QueueDescriptor;
import io.asyncstarter.actuate.QueueKind;
import io.asyncstarter.queue.DeadLetter;
import io.asyncstarter.queue.DeadLetterHandler;
import io.asyncstarter.queue.Delivery;
import io.asyncstarter.queue.QueueListener;
import io.asyncstarter.queue.QueueOverloadPolicy;
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.queue.WorkQueueCustomizer;
import io.asyncstarter.queue.WorkQueueStats;
import io.asyncstarter.queue.WorkQueues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Queues from YAML and the methods that listen to them.
 */
@Timeout(60)
class AsyncQueueAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AsyncExecutorAutoConfiguration.class,
				AsyncPolicyAutoConfiguration.class, AsyncQueueAutoConfiguration.class));

	@Test
	void whenNothingIsConfiguredThenThereIsAnEmptyRegistry() {
		this.contextRunner.run((context) -> assertThat(context.getBean(WorkQueues.class).names()).isEmpty());
	}

	@Test
	void whenAQueueIsConfiguredThenItHasTheDefaults() {
		this.contextRunner.withPropertyValues("async.queues.emails.consumers=1").run((context) -> {
			WorkQueue<?> queue = context.getBean("emails", WorkQueue.class);
			assertThat(queue.getName()).isEqualTo("emails");
			assertThat(queue.getCapacity()).isEqualTo(1000);
			assertThat(queue.getStats().overloadPolicy()).isEqualTo(QueueOverloadPolicy.WAIT);
			assertThat(context.getBean(WorkQueues.class).get("emails")).isSameAs(queue);
			assertThat(context.getBean(WorkQueues.class).all()).hasSize(1);
		});
	}

	@Test
	void whenQueuesAreConfiguredThenTheyAreInjectedByQualifier() {
		this.contextRunner.withPropertyValues("async.queues.emails.capacity=3", "async.queues.orders.when-full=reject")
			.withBean(Producer.class)
			.withUserConfiguration(Scheduling.class)
			.run((context) -> {
				Producer producer = context.getBean(Producer.class);
				assertThat(producer.emails.getCapacity()).isEqualTo(3);
				assertThat(producer.orders.getStats().overloadPolicy()).isEqualTo(QueueOverloadPolicy.REJECT);
			});
	}

	@Test
	void whenAMethodListensThenItGetsEachItem() {
		this.contextRunner.withPropertyValues("async.queues.emails.consumers=3")
			.withBean(EmailListener.class)
			.run((context) -> {
				WorkQueue<String> queue = context.getBean(WorkQueues.class).get("emails");
				for (String item : List.of("a", "b", "c")) {
					queue.put(item);
				}
				queue.join();

				assertThat(context.getBean(EmailListener.class).seen).containsExactlyInAnyOrder("a", "b", "c");
				assertThat(queue.getStats().consumers()).isEqualTo(3);
			});
	}

	@Test
	void whenBeansAreLazyThenListenersWorkAllTheSame() {
		this.contextRunner.withPropertyValues("async.queues.emails.consumers=3")
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withBean(EmailListener.class)
			.run((context) -> {
				WorkQueue<String> queue = context.getBean(WorkQueues.class).get("emails");
				queue.put("a");
				queue.join();

				assertThat(context.getBean(EmailListener.class).seen).containsExactly("a");
			});
	}

	@Test
	void whenItemsFailThenPolicyRetriesAndLettersGoToTheirQueue() {
		this.contextRunner
			.withPropertyValues("async.policies.smtp.retry.max-attempts=3", "async.policies.smtp.retry.backoff=0s",
					"async.queues.emails.policy=smtp", "async.queues.emails.dead-letter=emails-failed",
					"async.queues.emails-failed.capacity=10")
			.withBean(FailingListener.class)
			.withBean(FailedEmailListener.class)
			.run((context) -> {
				WorkQueue<String> queue = context.getBean(WorkQueues.class).get("emails");
				queue.put("a");
				queue.join();
				context.getBean(WorkQueues.class).get("emails-failed").join();

				assertThat(context.getBean(FailingListener.class).attempts).containsExactly(1, 2, 3);
				assertThat(context.getBean(FailedEmailListener.class).seen).containsExactly("a: no after 3");
			});
	}

	@Test
	void whenDeadLettersGoToABeanThenItIsCalled() {
		List<DeadLetter<?>> letters = new CopyOnWriteArrayList<>();
		this.contextRunner.withPropertyValues("async.queues.emails.dead-letter=graveyard")
			.withBean("graveyard", DeadLetterHandler.class, () -> letters::add)
			.withBean(FailingListener.class)
			.run((context) -> {
				WorkQueue<String> queue = context.getBean(WorkQueues.class).get("emails");
				queue.put("a");
				queue.join();

				assertThat(letters).singleElement().extracting(DeadLetter::item).isEqualTo("a");
			});
	}

	@Test
	void whenAMethodTakesListsThenItGetsBatches() {
		this.contextRunner
			.withPropertyValues("async.queues.emails.batch-size=3", "async.queues.emails.batch-linger=10s",
					"async.queues.emails.capacity=10")
			.withBean(BatchListener.class)
			.run((context) -> {
				WorkQueue<String> queue = context.getBean(WorkQueues.class).get("emails");
				for (String item : List.of("a", "b", "c")) {
					queue.put(item);
				}
				queue.join();

				assertThat(context.getBean(BatchListener.class).seen).containsExactly(List.of("a", "b", "c"));
			});
	}

	@Test
	void whenAMethodReturnsAStageOrMonoThenTheItemIsDoneWithIt() {
		this.contextRunner.withPropertyValues("async.queues.emails.capacity=10", "async.queues.orders.capacity=10")
			.withBean(AsyncListener.class)
			.run((context) -> {
				WorkQueue<String> emails = context.getBean(WorkQueues.class).get("emails");
				WorkQueue<String> orders = context.getBean(WorkQueues.class).get("orders");
				AsyncListener listener = context.getBean(AsyncListener.class);
				emails.put("a");
				orders.put("b");
				orders.join();
				assertThat(listener.subscribed).containsExactly("b");
				assertThat(emails.join(Duration.ofMillis(20))).isFalse();

				listener.stage.complete(null);

				emails.join();
				assertThat(emails.getStats().succeeded()).isOne();
			});
	}

	@Test
	void whenThereIsAKeyThenItsItemsKeepTheirOrder() {
		this.contextRunner.withPropertyValues("async.queues.orders.consumers=1")
			.withBean(KeyListener.class)
			.run((context) -> {
				WorkQueue<Order> queue = context.getBean(WorkQueues.class).get("orders");
				KeyListener listener = context.getBean(KeyListener.class);
				for (int i = 0; i < 200; i++) {
					queue.put(new Order("customer " + i % 3, i));
				}
				queue.join();

				assertThat(queue.getStats().consumers()).isEqualTo(4);
				for (int customer = 0; customer < 3; customer++) {
					String name = "customer " + customer;
					assertThat(
							listener.seen.stream().filter((order) -> order.customer().equals(name)).map(Order::number))
						.isSorted()
						.hasSizeGreaterThan(60);
				}
			});
	}

	@Test
	void whenListenersShareAQueueThenEachItemGoesToOneOfThem() {
		this.contextRunner.withPropertyValues("async.queues.emails.capacity=10")
			.withBean(SharedListener.class)
			.run((context) -> {
				WorkQueue<String> queue = context.getBean(WorkQueues.class).get("emails");
				for (int i = 0; i < 20; i++) {
					queue.put("item " + i);
				}
				queue.join();

				assertThat(context.getBean(SharedListener.class).seen).hasSize(20).doesNotHaveDuplicates();
				assertThat(queue.getConsumers()).hasSize(2);
			});
	}

	@Test
	void whenAnItemIsOfAnotherTypeThenItBecomesADeadLetterThatSaysSo() {
		List<DeadLetter<?>> letters = new CopyOnWriteArrayList<>();
		this.contextRunner.withPropertyValues("async.queues.emails.dead-letter=graveyard")
			.withBean("graveyard", DeadLetterHandler.class, () -> letters::add)
			.withBean(EmailListener.class)
			.run((context) -> {
				WorkQueue<Object> queue = context.getBean(WorkQueues.class).get("emails");
				queue.put(42);
				queue.join();

				assertThat(letters).singleElement()
					.satisfies((letter) -> assertThat(letter.cause())
						.hasMessage("@QueueListener(\"emails\") on %s.on takes java.lang.String, "
							.formatted(EmailListener.class.getName()) + "but the item is of type java.lang.Integer"));
			});
	}

	@Test
	void whenAQueueIsDeclaredThenListenersFindIt() {
		this.contextRunner.withUserConfiguration(DeclaredQueue.class).withBean(EmailListener.class).run((context) -> {
			WorkQueue<String> queue = context.getBean(WorkQueues.class).get("emails");
			queue.put("a");
			queue.join();

			assertThat(context.getBean(EmailListener.class).seen).containsExactly("a");
		});
	}

	@Test
	void whenThereAreCustomizersThenTheyAreCalled() {
		this.contextRunner.withPropertyValues("async.queues.emails.capacity=10")
			.withBean(WorkQueueCustomizer.class, () -> (name, builder) -> builder.capacity(name.length()))
			.run((context) -> assertThat(context.getBean("emails", WorkQueue.class).getCapacity()).isEqualTo(6));
	}

	@Test
	void whenConsumersRunOnAnExecutorThenTheyAreItsTasks() {
		this.contextRunner
			.withPropertyValues("async.executors.pool.max-concurrency=2", "async.queues.emails.executor=pool",
					"async.queues.emails.consumers=2")
			.withBean(EmailListener.class)
			.run((context) -> {
				WorkQueue<String> queue = context.getBean(WorkQueues.class).get("emails");
				queue.put("a");
				queue.join();

				assertThat(context.getBean(EmailListener.class).threads).allMatch((name) -> name.startsWith("pool-"));
			});
	}

	@Test
	void whenTheContextIsStoppedThenConsumersPauseUntilItIsStartedAgain() {
		this.contextRunner.withPropertyValues("async.queues.emails.capacity=10")
			.withBean(EmailListener.class)
			.run((context) -> {
				WorkQueue<String> queue = context.getBean(WorkQueues.class).get("emails");
				ConfigurableApplicationContext running = context.getSourceApplicationContext();

				running.stop();
				queue.put("a");
				assertThat(queue.isPaused()).isTrue();
				running.start();

				queue.join();
				assertThat(context.getBean(EmailListener.class).seen).containsExactly("a");
			});
	}

	@Test
	void whenTheContextClosesThenQueuesEndAndTakeNothingMore() {
		WorkQueue<?>[] queue = new WorkQueue<?>[1];
		this.contextRunner.withPropertyValues("async.queues.emails.capacity=10")
			.withBean(EmailListener.class)
			.run((context) -> queue[0] = context.getBean("emails", WorkQueue.class));

		assertThat(queue[0].getStats().state()).isEqualTo(WorkQueueStats.State.STOPPED);
		Awaitility.await().until(() -> queue[0].getStats().consumers() == 0);
	}

	@Test
	void kindShowsAndChangesQueues() {
		this.contextRunner.withPropertyValues("async.queues.emails.capacity=10", "async.queues.idle.capacity=5")
			.withBean(EmailListener.class)
			.run((context) -> {
				QueueKind kind = new QueueKind(context.getBean(WorkQueues.class));
				WorkQueue<String> queue = context.getBean(WorkQueues.class).get("emails");

				QueueDescriptor changed = kind.change("emails",
						Map.of("paused", "true", "capacity", 2, "consumers", "3"));
				queue.put("a");
				queue.put("b");

				assertThat(kind.all()).containsOnlyKeys("emails", "idle");
				assertThat(changed.paused()).isTrue();
				assertThat(changed.capacity()).isEqualTo(2);
				assertThat(changed.consumers()).isEqualTo(3);
				assertThat(kind.find("emails")).hasValueSatisfying((shown) -> {
					assertThat(shown.size()).isEqualTo(2);
					assertThat(shown.full()).isTrue();
					assertThat(shown.items().accepted()).isEqualTo(2);
				});
				kind.change("emails", Map.of("paused", "false"));
				queue.join();
				assertThat(kind.find("emails").orElseThrow().processed().count()).isEqualTo(2);
				assertThat(kind.find("nothing")).isEmpty();
				assertThatExceptionOfType(RuntimeException.class)
					.isThrownBy(() -> kind.change("idle", Map.of("consumers", "1")))
					.withMessage("'consumers' cannot be changed; what can be is 'paused', 'capacity'");
				assertThatExceptionOfType(RuntimeException.class)
					.isThrownBy(() -> kind.change("emails", Map.of("capacity", "0", "paused", "perhaps")))
					.withMessage("'paused' must be one of true, false but was perhaps; "
							+ "'capacity' must be at least 1 but was 0");
			});
	}

	@Test
	void metersFollowTheItems() {
		this.contextRunner.withConfiguration(AutoConfigurations.of(AsyncMetricsAutoConfiguration.class))
			.withBean(SimpleMeterRegistry.class)
			.withPropertyValues("async.queues.emails.capacity=10")
			.withBean(FailingListener.class)
			.run((context) -> {
				MeterRegistry registry = context.getBean(MeterRegistry.class);
				context.getBeansOfType(io.micrometer.core.instrument.binder.MeterBinder.class)
					.values()
					.forEach((binder) -> binder.bindTo(registry));
				WorkQueue<String> queue = context.getBean(WorkQueues.class).get("emails");
				queue.put("a");
				queue.join();
				queue.pause();
				queue.put("b");

				assertThat(registry.get("async.queue.size").tag("name", "emails").gauge().value()).isOne();
				assertThat(registry.get("async.queue.accepted").functionCounter().count()).isEqualTo(2);
				assertThat(registry.get("async.queue.dead.letters").tag("reason", "failed").functionCounter().count())
					.isOne();
				assertThat(registry.get("async.queue.wait").timer().count()).isOne();
				assertThat(registry.get("async.queue.process").tag("outcome", "failed").timer().count()).isOne();
				assertThat(registry.get("async.queue.paused").gauge().value()).isOne();
				assertThat(registry.get("async.queue.oldest").timeGauge().value()).isPositive();
			});
	}

	record Order(String customer, int number) {

	}

	static class Producer {

		private final WorkQueue<String> emails;

		private final WorkQueue<Order> orders;

		Producer(@Qualifier("emails") WorkQueue<String> emails, @Qualifier("orders") WorkQueue<Order> orders) {
			this.emails = emails;
			this.orders = orders;
		}

	}

	@EnableScheduling
	@Configuration(proxyBeanMethods = false)
	static class Scheduling {

	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaredQueue {

		@Bean
		WorkQueue<String> emails() {
			return WorkQueue.<String>builder("emails").build();
		}

	}

	static class EmailListener {

		private final List<String> seen = new CopyOnWriteArrayList<>();

		private final List<String> threads = new CopyOnWriteArrayList<>();

		@QueueListener("emails")
		void on(String email) {
			this.threads.add(Thread.currentThread().getName());
			this.seen.add(email);
		}

	}

	static class FailingListener {

		private final List<Integer> attempts = new CopyOnWriteArrayList<>();

		@QueueListener("${no.such.key:emails}")
		void on(String email, Delivery<String> delivery) throws IOException {
			this.attempts.add(delivery.attempt());
			throw new IOException("no");
		}

	}

	static class FailedEmailListener {

		private final List<String> seen = new CopyOnWriteArrayList<>();

		@QueueListener("emails-failed")
		void on(String email, DeadLetter<String> letter) {
			this.seen.add("%s: %s after %d".formatted(email, letter.cause().getMessage(), letter.attempts()));
		}

	}

	static class BatchListener {

		private final List<List<String>> seen = new CopyOnWriteArrayList<>();

		@QueueListener("emails")
		void on(List<String> emails) {
			this.seen.add(emails);
		}

	}

	static class AsyncListener {

		private final CompletableFuture<@Nullable Void> stage = new CompletableFuture<>();

		private final List<String> subscribed = new CopyOnWriteArrayList<>();

		@QueueListener("emails")
		CompletableFuture<@Nullable Void> on(String email) {
			return this.stage;
		}

		@QueueListener("orders")
		Mono<Void> onOrder(String order) {
			return Mono.fromRunnable(() -> this.subscribed.add(order));
		}

	}

	static class KeyListener {

		private final List<Order> seen = new CopyOnWriteArrayList<>();

		@QueueListener(value = "orders", key = "#item.customer()", consumers = "4")
		void on(Order order) {
			this.seen.add(order);
		}

	}

	static class SharedListener {

		private final List<String> seen = new CopyOnWriteArrayList<>();

		@QueueListener(value = "emails", shared = true)
		void one(String email) {
			this.seen.add(email);
		}

		@QueueListener(value = "emails", shared = true)
		void other(String email) {
			this.seen.add(email);
		}

	}

}
