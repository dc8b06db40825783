package io.asyncstarter.lifecycle;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.core.task.TaskRejectedException;

import io.asyncstarter.task.Tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(30)
class TaskDrainTests {

	private final Tasks tasks = Tasks.create();

	private final TaskDrain drain = new TaskDrain(this.tasks);

	@Test
	void endsWithTheTasksOfItsStage() {
		assertThat(this.drain.getStage()).isEqualTo(ShutdownStage.TASKS);
	}

	@Test
	void refusedWhenRefusing() {
		this.drain.refuse();

		assertThatExceptionOfType(TaskRejectedException.class)
			.isThrownBy(() -> this.tasks.background("late", () -> "never"));
	}

	@Test
	void whenATaskRunsThenItIsAwaitedAndAccountedFor() throws InterruptedException {
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		this.tasks.background("report", () -> {
			started.countDown();
			end.await();
			return "done";
		});
		started.await();

		this.drain.refuse();
		assertThat(this.drain.awaitEnd(Duration.ZERO)).isFalse();
		ShutdownAccount background = this.drain.accounts().get(0);
		assertThat(background.name()).isEqualTo("background");
		assertThat(background.ended()).isZero();
		assertThat(background.unfinished()).isEqualTo(1);
		assertThat(background.details()).singleElement().satisfies((work) -> {
			assertThat(work.name()).isEqualTo("report");
			assertThat(work.stack()).isNotEmpty();
		});

		end.countDown();
		assertThat(this.drain.awaitEnd(Duration.ofSeconds(20))).isTrue();
		assertThat(this.drain.accounts().get(0).ended()).isEqualTo(1);
		assertThat(this.drain.accounts()).allSatisfy((account) -> assertThat(account.unfinished()).isZero());
	}

	@Test
	void whenCancelledThenTasksAndGroupsAreInterrupted() throws InterruptedException {
		CountDownLatch started = new CountDownLatch(2);
		CountDownLatch never = new CountDownLatch(1);
		this.tasks.background("report", () -> {
			started.countDown();
			never.await();
			return null;
		});
		this.tasks.background("owner", () -> this.tasks.inGroup("group", (group) -> {
			started.countDown();
			never.await();
			return "never";
		}));
		started.await();
		this.drain.refuse();

		this.drain.cancel();

		assertThat(this.drain.awaitEnd(Duration.ofSeconds(20))).isTrue();
		assertThat(this.drain.accounts()).allSatisfy((account) -> assertThat(account.unfinished()).isZero());
	}

}
