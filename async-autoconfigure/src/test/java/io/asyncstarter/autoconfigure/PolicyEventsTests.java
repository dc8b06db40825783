package io.asyncstarter.autoconfigure;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import io.asyncstarter.policy.CircuitBreakerTransition;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEvent;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.policy.PolicyEventPublisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What happens in policies, as application events.
 */
@Timeout(60)
class PolicyEventsTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(AsyncExecutorAutoConfiguration.class, AsyncPolicyAutoConfiguration.class))
		.withPropertyValues("async.policies.github.retry.max-attempts=2", "async.policies.github.retry.backoff=0",
				"async.policies.github.timeout=10s", "async.policies.github.circuit-breaker.window=3");

	private static void failAndSucceed(ApplicationContext context) throws Exception {
		Policy policy = context.getBean(Policies.class).get("github");
		policy.call(() -> 1);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> policy.call(() -> {
			throw new IOException("expected");
		}));
	}

	private static boolean isThreadThere() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.anyMatch((thread) -> thread.getName().equals("async-policy-events"));
	}

	@Test
	void whenThereIsAnEventListenerThenItGetsEventsOnAnotherThread() {
		this.contextRunner.withUserConfiguration(ListenerConfiguration.class).run((context) -> {
			failAndSucceed(context);

			Heard heard = context.getBean(Heard.class);
			assertThat(heard.next()).extracting("policyName", "kind")
				.containsExactly("github", PolicyEventKind.RETRIED);
			assertThat(heard.next()).extracting("kind").isEqualTo(PolicyEventKind.GAVE_UP);
			assertThat(heard.next()).extracting("kind").isEqualTo(PolicyEventKind.FAILED);
			assertThat(heard.threads).containsOnly("async-policy-events");
		});
	}

	@Test
	void whenThereIsATransitionListenerThenItGetsTransitionsOnly() {
		this.contextRunner.withUserConfiguration(TransitionConfiguration.class).run((context) -> {
			CircuitBreaker breaker = context.getBean(Policies.class).get("github").getCircuitBreaker().orElseThrow();
			failAndSucceed(context);
			breaker.reset();
			breaker.transitionToForcedOpenState();

			Heard heard = context.getBean(Heard.class);
			assertThat(heard.next()).isEqualTo(
					new CircuitBreakerTransition("github", CircuitBreaker.State.CLOSED, CircuitBreaker.State.OPEN));
			assertThat(heard.next()).isEqualTo(
					new CircuitBreakerTransition("github", CircuitBreaker.State.OPEN, CircuitBreaker.State.CLOSED));
			assertThat(heard.next()).isEqualTo(new CircuitBreakerTransition("github", CircuitBreaker.State.CLOSED,
					CircuitBreaker.State.FORCED_OPEN));
		});
	}

	@Test
	void whenThereIsAnApplicationListenerThenItGetsEvents() {
		Heard heard = new Heard();
		this.contextRunner.withBean(PayloadListener.class, () -> new PayloadListener(heard)).run((context) -> {
			failAndSucceed(context);

			assertThat(heard.next()).isInstanceOf(PolicyEvent.class);
		});
	}

	@Test
	void whenListenerIsInTheParentContextThenItGetsEvents() {
		new ApplicationContextRunner().withUserConfiguration(ListenerConfiguration.class)
			.run((parent) -> this.contextRunner.withParent(parent.getSourceApplicationContext()).run((context) -> {
				failAndSucceed(context);

				assertThat(parent.getBean(Heard.class).next()).isInstanceOf(PolicyEvent.class);
			}));
	}

	@Test
	void whenNobodyListensThenNothingIsPublishedAndNoThreadIsStarted() {
		Heard heard = new Heard();
		this.contextRunner.withBean(AnyListener.class, () -> new AnyListener(heard)).run((context) -> {
			failAndSucceed(context);

			assertThat(isThreadThere()).isFalse();
			assertThat(heard.threads).containsOnly(Thread.currentThread().getName());
			assertThat(context.getBean(PolicyEventPublisher.class).isRunning()).isTrue();
		});
	}

	@Test
	void whenEnabledThenListenersOfAnyEventGetThem() {
		Heard heard = new Heard();
		this.contextRunner.withBean(AnyListener.class, () -> new AnyListener(heard))
			.withPropertyValues("async.policy-events.enabled=true")
			.run((context) -> {
				heard.events.clear();
				failAndSucceed(context);

				assertThat(heard.next()).isInstanceOf(PayloadApplicationEvent.class);
			});
	}

	@Test
	void whenDisabledThenListenersGetNothing() {
		this.contextRunner.withUserConfiguration(ListenerConfiguration.class)
			.withPropertyValues("async.policy-events.enabled=false")
			.run((context) -> {
				failAndSucceed(context);

				assertThat(isThreadThere()).isFalse();
				assertThat(context.getBean(Heard.class).events).isEmpty();
			});
	}

	@Test
	void whenSuccessesAreIncludedThenTheyArePublished() {
		this.contextRunner.withUserConfiguration(ListenerConfiguration.class)
			.withPropertyValues("async.policy-events.include-successes=true")
			.run((context) -> {
				failAndSucceed(context);

				assertThat(context.getBean(Heard.class).next()).extracting("kind").isEqualTo(PolicyEventKind.SUCCEEDED);
			});
	}

	@Test
	void whenLazyInitializationIsOnThenEventsArePublishedAllTheSame() {
		this.contextRunner.withUserConfiguration(ListenerConfiguration.class)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				failAndSucceed(context);

				assertThat(context.getBean(Heard.class).next()).isInstanceOf(PolicyEvent.class);
			});
	}

	@Test
	void whenContextClosesThenWaitingEventsAreDeliveredAndTheThreadEnds() {
		this.contextRunner.withUserConfiguration(ListenerConfiguration.class).run((context) -> {
			Heard heard = context.getBean(Heard.class);
			failAndSucceed(context);

			context.close();

			assertThat(heard.events).hasSize(3);
			assertThat(isThreadThere()).isFalse();
		});
	}

	static class Heard {

		private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

		private final Queue<String> threads = new ConcurrentLinkedQueue<>();

		void hear(Object event) {
			this.threads.add(Thread.currentThread().getName());
			this.events.add(event);
		}

		Object next() throws InterruptedException {
			Object event = this.events.poll(10, TimeUnit.SECONDS);
			assertThat(event).isNotNull();
			return event;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ListenerConfiguration {

		@Bean
		Heard heard() {
			return new Heard();
		}

		@Bean
		Listener listener(Heard heard) {
			return new Listener(heard);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TransitionConfiguration {

		@Bean
		Heard heard() {
			return new Heard();
		}

		@Bean
		TransitionListener listener(Heard heard) {
			return new TransitionListener(heard);
		}

	}

	record Listener(Heard heard) {

		@EventListener
		void onEvent(PolicyEvent event) {
			this.heard.hear(event);
		}

	}

	record TransitionListener(Heard heard) {

		@EventListener
		void onEvent(CircuitBreakerTransition transition) {
			this.heard.hear(transition);
		}

	}

	record PayloadListener(Heard heard) implements ApplicationListener<PayloadApplicationEvent<PolicyEvent>> {

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<PolicyEvent> event) {
			this.heard.hear(event.getPayload());
		}

	}

	record AnyListener(Heard heard) implements ApplicationListener<ApplicationEvent> {

		@Override
		public void onApplicationEvent(ApplicationEvent event) {
			this.heard.hear(event);
		}

	}

}
