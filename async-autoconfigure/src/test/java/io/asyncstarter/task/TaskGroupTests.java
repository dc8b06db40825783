package io.asyncstarter.task;

import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TaskGroup}. Names in brackets are rows of the conformance tables.
 */
@Timeout(30)
class TaskGroupTests {

	private final Tasks tasks = Tasks.create();

	@Test // A01
	void joinWhenChildrenSucceedReturnsAfterBoth() throws Exception {
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<Integer> first = group.fork("first", () -> 42);
			Subtask<Integer> second = group.fork(() -> 11);

			group.join();

			assertThat(first.get()).isEqualTo(42);
			assertThat(second.get()).isEqualTo(11);
		}
	}

	@Test // A05
	void whenChildrenFailTogetherBodyAndSiblingAreCancelled() {
		assertThatExceptionOfType(TaskGroupException.class)
			.isThrownBy(() -> this.tasks.inGroup("test", (group) -> {
				group.fork("asleep", () -> {
					new CountDownLatch(1).await();
					return 0;
				});
				group.fork("fails", () -> {
					throw new ArithmeticException();
				});
				new CountDownLatch(1).await();
				return 0;
			}))
			.satisfies((ex) -> assertThat(ex.failures()).hasOnlyElementsOfType(ArithmeticException.class));
		assertThat(Thread.interrupted()).isFalse();
	}

}
