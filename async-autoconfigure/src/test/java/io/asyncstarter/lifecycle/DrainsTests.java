package io.asyncstarter.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.asyncstarter.lifecycle.ShutdownReport.Section;
import io.asyncstarter.queue.QueueConsumers;
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.task.Tasks;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Queues, task groups and background tasks at their end.
 */
@Timeout(60)
class DrainsTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	private final CountDownLatch gate = new CountDownLatch(1);

	private final CountDownLatch arrived = new CountDownLatch(1);

	private static Section section(ShutdownReport report, String name) {
		return report.sections().stream().filter((section) -> section.name().equals(name)).findFirst().orElseThrow();
	}

	private void pass() throws InterruptedException {
		this.arrived.countDown();
		this.gate.await();
	}

	private void passStubbornly() {
		boolean passed = false;
		while (!passed) {
			try {
				pass();
				passed = true;
			}
			catch (InterruptedException ex) {
				// Goes on, as the name says.
			}
		}
	}

	@Test
	void queueIsProcessedToItsEnd() throws Exception {
		List<String> processed = new CopyOnWriteArrayList<>();
		WorkQueue<String> queue = WorkQueue.<String>builder("emails").capacity(100).build();
		QueueConsumers<String> consumers = queue.consumers().forEach((item) -> {
			pass();
			processed.add(item);
		});
		for (int i = 0; i < 20; i++) {
			queue.put("mail " + i);
		}
		ShutdownSequence sequence = new ShutdownSequence(List.of(new WorkQueueDrain(queue)), LONG, LONG);
		this.gate.countDown();

		Section section = section(sequence.run(), "emails");

		assertThat(processed).hasSize(20);
		assertThat(section.cancelled() + section.abandoned()).isZero();
		assertThat(section.completed()).isEqualTo(20);
		assertThat(consumers.awaitEnd(LONG)).isTrue();
	}

	@Test
	void whenTheGracePeriodIsOverThenItemsAreReportedAndNotLogged() throws Exception {
		WorkQueue<String> queue = WorkQueue.<String>builder("emails").capacity(100).build();
		QueueConsumers<String> consumers = queue.consumers().forEach((item) -> passStubbornly());
		queue.put("secret 1");
		queue.put("secret 2");
		queue.put("secret 3");
		this.arrived.await();

		ShutdownReport report = new ShutdownSequence(List.of(new WorkQueueDrain(queue)), Duration.ofMillis(20),
				Duration.ofMillis(20))
			.run();

		Section section = section(report, "emails");
		assertThat(section.completed()).isZero();
		assertThat(section.cancelled()).isEqualTo(2);
		assertThat(section.cancelledWork()).extracting(UnfinishedWork::subject).containsExactly("secret 2", "secret 3");
		assertThat(section.abandoned()).isEqualTo(1);
		assertThat(section.abandonedWork()).singleElement().satisfies((work) -> {
			assertThat(work.subject()).isEqualTo("secret 1");
			assertThat(work.stack()).extracting(StackTraceElement::getMethodName).contains("passStubbornly");
		});
		assertThat(report.describe())
			.contains("queue 'emails': 0 completed, 2 cancelled, 1 abandoned",
					"cancelled: an item of type String, not begun", "abandoned: an item of type String, ")
			.doesNotContain("secret");
		this.gate.countDown();
		assertThat(consumers.awaitEnd(LONG)).isTrue();
	}

	@Test
	void whenConsumersArePausedThenNobodyWaitsForThem() throws Exception {
		WorkQueue<String> queue = WorkQueue.<String>builder("emails").capacity(100).build();
		QueueConsumers<String> consumers = queue.consumers().forEach((item) -> pass());
		queue.pause();
		queue.put("mail");

		ShutdownReport report = new ShutdownSequence(List.of(new WorkQueueDrain(queue)), LONG, LONG).run();

		assertThat(section(report, "emails").cancelled()).isEqualTo(1);
		assertThat(report.took()).isLessThan(LONG);
		assertThat(consumers.awaitEnd(LONG)).isTrue();
	}

	@Test
	void whenThereAreNoConsumersThenNobodyWaitsForThem() throws Exception {
		WorkQueue<String> queue = WorkQueue.<String>builder("dead-letters").capacity(100).build();
		queue.put("letter");

		ShutdownReport report = new ShutdownSequence(List.of(new WorkQueueDrain(queue)), LONG, LONG).run();

		assertThat(section(report, "dead-letters").cancelledWork()).extracting(UnfinishedWork::subject)
			.containsExactly("letter");
		assertThat(report.took()).isLessThan(LONG);
	}

	@Test
	void whenOneQueueGivesWorkToAnotherThenThatIsReportedToo() throws Exception {
		WorkQueue<String> letters = WorkQueue.<String>builder("letters").capacity(100).build();
		WorkQueue<String> mails = WorkQueue.<String>builder("mails")
			.capacity(100)
			.deadLetters((letter) -> letters.put(letter.item()))
			.build();
		QueueConsumers<String> consumers = mails.consumers().forEach((item) -> {
			pass();
			throw new IllegalStateException("expected");
		});
		mails.put("bad");
		this.arrived.await();
		ShutdownSequence sequence = new ShutdownSequence(List.of(new StillTaking(letters), new WorkQueueDrain(mails)),
				LONG, LONG);
		this.gate.countDown();

		ShutdownReport report = sequence.run();

		assertThat(section(report, "mails").completed()).isEqualTo(1);
		assertThat(section(report, "letters").cancelled()).isEqualTo(1);
		assertThat(consumers.awaitEnd(LONG)).isTrue();
	}

	@Test
	void groupsAndBackgroundTasksEnd() throws Exception {
		Tasks tasks = Tasks.create();
		Thread owner = Thread.ofVirtual().start(() -> {
			try {
				tasks.inGroup("dashboard", (group) -> {
					group.fork("user", () -> {
						pass();
						return 1;
					});
					return 2;
				});
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		this.arrived.await();
		tasks.background("mail", () -> {
			this.gate.await();
			return 1;
		});
		ShutdownSequence sequence = new ShutdownSequence(List.of(new TasksDrain(tasks)), LONG, LONG);
		this.gate.countDown();

		ShutdownReport report = sequence.run();

		assertThat(section(report, "task groups").completed()).isEqualTo(1);
		assertThat(section(report, "background tasks").completed()).isEqualTo(1);
		assertThat(report.cancelled() + report.abandoned()).isZero();
		owner.join();
	}

	@Test
	void whenTheGracePeriodIsOverThenGroupsAndBackgroundTasksAreCancelled() throws Exception {
		Tasks tasks = Tasks.create();
		Thread owner = Thread.ofVirtual().start(() -> {
			try {
				tasks.inGroup("dashboard", (group) -> {
					group.fork("user", () -> {
						pass();
						return 1;
					});
					return 2;
				});
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		this.arrived.await();
		CountDownLatch started = new CountDownLatch(1);
		tasks.background("mail", () -> {
			started.countDown();
			passStubbornly();
			return 1;
		});
		started.await();

		ShutdownReport report = new ShutdownSequence(List.of(new TasksDrain(tasks)), Duration.ofMillis(20),
				Duration.ofMillis(200))
			.run();

		assertThat(section(report, "task groups").cancelled()).isEqualTo(1);
		assertThat(section(report, "background tasks").abandoned()).isEqualTo(1);
		assertThat(report.describe()).contains("abandoned: mail, ", "cancelled: user, ");
		this.gate.countDown();
		owner.join();
	}

	/**
	 * A drain of a queue that takes items to the end.
	 */
	private static final class StillTaking implements ShutdownParticipant {

		private final WorkQueueDrain drain;

		StillTaking(WorkQueue<?> queue) {
			this.drain = new WorkQueueDrain(queue);
		}

		@Override
		public ShutdownStage getStage() {
			return this.drain.getStage();
		}

		@Override
		public void refuse() {
		}

		@Override
		public boolean awaitEnd(Duration atMost) throws InterruptedException {
			return this.drain.awaitEnd(atMost);
		}

		@Override
		public List<ShutdownAccount> accounts() {
			return this.drain.accounts();
		}

		@Override
		public void cancel() {
			this.drain.cancel();
		}

	}

}
