package io.asyncstarter.autoconfigure;

import java.util.List;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

import io.asyncstarter.queue.DeadLetter;
import io.asyncstarter.queue.QueueListener;
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.queue.WorkQueues;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a user reads who has made a mistake in the configuration of a queue or in a method
 * that listens to one.
 */
@Timeout(60)
class QueueConfigurationFailureTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AsyncExecutorAutoConfiguration.class,
				AsyncPolicyAutoConfiguration.class, AsyncQueueAutoConfiguration.class));

	private FailureAnalysis analysisOf(String... properties) {
		return FailureAnalyses.of(this.contextRunner.withPropertyValues(properties));
	}

	private FailureAnalysis analysisOf(Class<?> listener, String... properties) {
		return FailureAnalyses.of(this.contextRunner.withBean(listener).withPropertyValues(properties));
	}

	private static void assertSingle(FailureAnalysis analysis, String key, String reason, String fix) {
		assertThat(analysis.getDescription()).startsWith("There is a mistake")
			.contains("Property: " + key)
			.endsWith("Reason: " + reason);
		assertThat(analysis.getAction()).isEqualTo("%s: %s".formatted(key, fix));
	}

	private static String place(Class<?> listener, String queue) {
		return "@QueueListener(\"%s\") on %s.on".formatted(queue, listener.getName());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			capacity     | 0    | it must be greater than zero
			consumers    | -1   | it must not be negative
			max-wait     | -1s  | it must not be negative
			batch-size   | 0    | it must be greater than zero
			when-full    | drop | it is not one of wait, reject, drop-oldest
			""")
	void whenAValueIsWrongThenKeyValueAndReasonAreNamed(String key, String value, String reason) {
		FailureAnalysis analysis = analysisOf("async.queues.emails.%s=%s".formatted(key, value));

		assertThat(analysis.getDescription()).startsWith("There is a mistake")
			.contains("Property: async.queues.emails." + key, "Value: \"%s\"".formatted(value))
			.endsWith("Reason: " + reason);
	}

	@Test
	void whenNamesAreUnknownThenTheNearestAreNamedAllTogether() {
		FailureAnalysis analysis = analysisOf("async.policies.smtp.timeout=1s", "async.queues.emails.policy=smpt",
				"async.queues.emails.executor=oi", "async.queues.emails.dead-letter=emails-faild",
				"async.queues.emails-failed.capacity=10");

		assertThat(analysis.getDescription()).startsWith("There are 3 mistakes");
		assertThat(analysis.getAction().lines()).containsExactly(
				"async.queues.emails.dead-letter: Did you mean 'emails-failed'?",
				"async.queues.emails.executor: Did you mean 'io'?", "async.queues.emails.policy: Did you mean 'smtp'?");
	}

	@Test
	void whenDeadLettersGoInACircleThenItIsShown() {
		assertSingle(
				analysisOf("async.queues.a.dead-letter=b", "async.queues.b.dead-letter=c",
						"async.queues.c.dead-letter=a", "async.queues.d.dead-letter=a"),
				"async.queues.a.dead-letter", "dead letters go in a circle: a -> b -> c -> a",
				"Let the last of these queues have no 'dead-letter', or another one.");
	}

	@Test
	void whenDeadLettersGoBackToTheirQueueThenItIsACircle() {
		assertSingle(analysisOf("async.queues.a.dead-letter=a"), "async.queues.a.dead-letter",
				"dead letters go in a circle: a -> a",
				"Let the last of these queues have no 'dead-letter', or another one.");
	}

	@Test
	void whenThereIsALingerWithoutBatchesThenItHasNoEffect() {
		assertSingle(analysisOf("async.queues.emails.batch-linger=1s"), "async.queues.emails.batch-linger",
				"it has no effect without 'batch-size', since items are given one by one",
				"Set 'async.queues.emails.batch-size' too, or remove it.");
	}

	@Test
	void whenTheNameIsThatOfAnExecutorOrABeanThenItIsTaken() {
		assertSingle(analysisOf("async.queues.io.capacity=1"), "async.queues.io",
				"there is an executor of this name, and both are beans", "Rename one of them.");
		assertThat(FailureAnalyses
			.of(this.contextRunner.withBean("emails", String.class, () -> "taken")
				.withPropertyValues("async.queues.emails.capacity=1"))
			.getDescription()).contains("there is a bean named 'emails' already");
	}

	@Test
	void whenTheExecutorHasNoRoomForTheConsumersThenBothNumbersAreNamed() {
		assertSingle(
				analysisOf("async.executors.pool.max-concurrency=5", "async.queues.a.executor=pool",
						"async.queues.a.consumers=3", "async.queues.b.executor=pool", "async.queues.b.consumers=4"),
				"async.queues.b.executor",
				"7 consumers of queues run for good on executor 'pool', which runs 5 tasks at once",
				"Raise 'async.executors.pool.max-concurrency', lower 'consumers', or take another executor.");
	}

	@Test
	void whenTheExecutorEndsItsTasksThenConsumersCannotRunThere() {
		assertSingle(analysisOf("async.executors.pool.run-timeout=5s", "async.queues.a.executor=pool"),
				"async.queues.a.executor", "consumers run for good, and the tasks of executor 'pool' for PT5S at most",
				"Take an executor without 'run-timeout', or leave it out for threads of their own.");
	}

	@Test
	void whenTheQueueIsUnknownThenTheNearestIsNamed() {
		assertSingle(analysisOf(Strings.class, "async.queues.emials.capacity=1"), place(Strings.class, "emails"),
				"there is no queue named 'emails'", "Did you mean 'emials'?");
		assertSingle(analysisOf(Strings.class), place(Strings.class, "emails"), "there is no queue named 'emails'",
				"Configure it under 'async.queues.emails'. There are: none.");
	}

	@Test
	void whenSeveralMethodsAreWrongThenAllAreNamed() {
		FailureAnalysis analysis = FailureAnalyses.of(this.contextRunner.withBean(Strings.class)
			.withBean(Lists.class)
			.withPropertyValues("async.queues.emails.capacity=1"));

		assertThat(analysis.getDescription()).startsWith("There are 2 mistakes")
			.contains("it takes lists, and queue 'emails' has no batches", "listens to the same queue");
	}

	@Test
	void whenTwoListenToOneQueueThenBothAreNamed() {
		FailureAnalysis analysis = FailureAnalyses.of(this.contextRunner.withBean(Strings.class)
			.withBean(MoreStrings.class)
			.withPropertyValues("async.queues.emails.capacity=1"));

		assertSingle(analysis, place(Strings.class, "emails"),
				"%s listens to the same queue".formatted(place(MoreStrings.class, "emails")),
				"Remove one of them, or set 'shared = true' on both to let each item go to one of them.");
	}

	@Test
	void whenTheMethodTakesTheWrongThingThenTheRightOneIsNamed() {
		String queue = "async.queues.emails.capacity=1";
		assertSingle(analysisOf(Nothing.class, queue), place(Nothing.class, "emails"), "it takes nothing",
				"Let it take an item of the queue.");
		assertSingle(analysisOf(Two.class, queue), place(Two.class, "emails"), "it takes 2 parameters for one item",
				"Let it take the item and, if need be, a Delivery and a DeadLetter.");
		assertSingle(analysisOf(Strings.class, "async.queues.emails.batch-size=5"), place(Strings.class, "emails"),
				"it takes items one by one, and queue 'emails' has batches of 5",
				"Take a List, or remove 'async.queues.emails.batch-size'.");
		assertSingle(analysisOf(Letters.class, queue), place(Letters.class, "emails"),
				"it takes dead letters, and none go to queue 'emails'",
				"Set 'dead-letter: emails' on another queue, or take the item.");
		assertSingle(analysisOf(Futures.class, queue), place(Futures.class, "emails"),
				"it returns a Future, whose end nobody is told of", "Return a CompletionStage, a Mono or nothing.");
	}

	@Test
	void whenAnnotationValuesAreWrongThenTheyAreNamed() {
		String queue = "async.queues.emails.capacity=1";
		assertThat(analysisOf(WrongKey.class, queue).getDescription())
			.contains("its key '#item.' is no SpEL expression");
		assertSingle(analysisOf(WrongConsumers.class, queue), place(WrongConsumers.class, "emails"),
				"its number of consumers is 'many'", "Set it to a whole number from zero.");
	}

	@Test
	void whenTheItemTypeOfADeclaredQueueIsAnotherThenBothAreNamed() {
		assertSingle(
				FailureAnalyses
					.of(this.contextRunner.withUserConfiguration(IntegerQueue.class).withBean(Strings.class)),
				place(Strings.class, "emails"),
				"it takes java.lang.String, and items of queue 'emails' are of type java.lang.Integer",
				"Take an item of type java.lang.Integer.");
	}

	@Test
	void whenTheItemTypeOfDeadLettersIsAnotherThenBothAreNamed() {
		FailureAnalysis analysis = FailureAnalyses.of(this.contextRunner.withBean(Strings.class)
			.withBean(FailedIntegers.class)
			.withPropertyValues("async.queues.emails.dead-letter=failed", "async.queues.failed.capacity=1"));

		assertSingle(analysis, place(FailedIntegers.class, "failed"),
				"it takes java.lang.Integer, and items of queue 'failed' are of type java.lang.String",
				"Take an item of type java.lang.String.");
	}

	@Test
	void whenTheBeanIsNoSingletonThenItCannotListen() {
		assertThat(FailureAnalyses
			.of(this.contextRunner.withUserConfiguration(PrototypeListener.class)
				.withPropertyValues("async.queues.emails.capacity=1"))
			.getDescription()).endsWith("Reason: bean 'strings' is no singleton");
	}

	@Test
	void whenCodeAsksForAnUnknownQueueThenTheNearestIsNamed() {
		FailureAnalysis analysis = FailureAnalyses.of(this.contextRunner.withUserConfiguration(Asking.class)
			.withPropertyValues("async.queues.emails.capacity=1"));

		assertThat(analysis.getDescription()).isEqualTo("There is no queue named 'email'.");
		assertThat(analysis.getAction()).isEqualTo(
				"Did you mean 'emails'? Otherwise configure one of this name under 'async.queues.email'. There are: emails.");
	}

	static class Strings {

		@QueueListener("emails")
		void on(String email) {
		}

	}

	static class MoreStrings {

		@QueueListener("emails")
		void on(String email) {
		}

	}

	static class Lists {

		@QueueListener("emails")
		void on(List<String> emails) {
		}

	}

	static class Nothing {

		@QueueListener("emails")
		void on() {
		}

	}

	static class Two {

		@QueueListener("emails")
		void on(String one, Integer other) {
		}

	}

	static class Letters {

		@QueueListener("emails")
		void on(DeadLetter<String> letter) {
		}

	}

	static class FailedIntegers {

		@QueueListener("failed")
		void on(DeadLetter<Integer> letter) {
		}

	}

	static class Futures {

		@QueueListener("emails")
		Future<String> on(String email) {
			throw new IllegalStateException();
		}

	}

	static class WrongKey {

		@QueueListener(value = "emails", key = "#item.")
		void on(String email) {
		}

	}

	static class WrongConsumers {

		@QueueListener(value = "emails", consumers = "many")
		void on(String email) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class IntegerQueue {

		@Bean
		WorkQueue<Integer> emails() {
			return WorkQueue.<Integer>builder("emails").build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrototypeListener {

		@Bean
		@Scope("prototype")
		Strings strings() {
			return new Strings();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Asking {

		@Bean
		InitializingBean asking(WorkQueues queues) {
			return () -> queues.get("email");
		}

	}

}
