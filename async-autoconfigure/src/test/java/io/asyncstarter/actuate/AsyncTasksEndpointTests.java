package io.asyncstarter.actuate;

import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

import io.asyncstarter.task.TaskGroup;
import io.asyncstarter.task.TaskNode;
import io.asyncstarter.task.Tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(30)
class AsyncTasksEndpointTests {

	private final Tasks tasks = Tasks.create();

	private final AsyncTasksEndpoint endpoint = new AsyncTasksEndpoint(this.tasks);

	@Test
	void theTreeIsShown() throws InterruptedException {
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		try (TaskGroup group = this.tasks.group("dashboard")) {
			group.fork("user", () -> {
				started.countDown();
				end.await();
				return null;
			});
			started.await();

			AsyncTasksEndpoint.LiveTasks shown = this.endpoint.tasks(null);

			assertThat(shown.omitted()).isZero();
			AsyncTasksEndpoint.LiveTask root = shown.tasks().get(0);
			assertThat(root.kind()).isEqualTo(TaskNode.Kind.GROUP);
			assertThat(root.name()).isEqualTo("dashboard");
			assertThat(root.thread()).isEqualTo(Thread.currentThread().getName());
			assertThat(root.children()).extracting(AsyncTasksEndpoint.LiveTask::name).containsExactly("user");
			assertThat(root.children().get(0).state()).isEqualTo(TaskNode.State.RUNNING);
			assertThat(this.endpoint.named("dashboard")).hasSize(1);
			assertThat(this.endpoint.named("other")).isEmpty();
			end.countDown();
			group.join();
		}
		assertThat(this.endpoint.tasks(null).tasks()).isEqualTo(List.of());
	}

	@Test
	void whatIsLeftOutIsCounted() {
		try (TaskGroup one = this.tasks.group("one")) {
			this.tasks.background("two", () -> {
				new CountDownLatch(1).await();
				return null;
			});

			AsyncTasksEndpoint.LiveTasks shown = this.endpoint.tasks(1);

			assertThat(shown.tasks()).hasSize(1);
			assertThat(shown.omitted()).isEqualTo(1);
			assertThat(shown.background().active()).isEqualTo(1);
			assertThat(one.isCancelled()).isFalse();
		}
		finally {
			this.tasks.cancelAll("end of the test");
		}
	}

	@Test
	void aNumberBelowOneIsRefused() {
		assertThatExceptionOfType(InvalidEndpointRequestException.class).isThrownBy(() -> this.endpoint.tasks(0))
			.withMessage("'most' must be at least 1 but was 0");
	}

}
