package io.asyncstarter.actuate;

import java.time.Duration;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.asyncstarter.task.TaskGroupException;
import io.asyncstarter.task.Tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(30)
class TaskMetricsTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final Tasks tasks = Tasks.builder().maxBackground(1).reportAfter(Duration.ZERO).build();

	TaskMetricsTests() {
		new TaskMetrics(this.tasks).bindTo(this.registry);
	}

	@Test
	void groupsAndTheirTasksAreTimedByOutcome() throws InterruptedException {
		this.tasks.inGroup("dashboard", (group) -> {
			group.fork("user", () -> "user");
			group.fork("orders", () -> "orders");
			return "done";
		});

		assertThat(this.registry.get("async.task-group.groups")
			.tags("name", "dashboard", "outcome", "succeeded")
			.timer()
			.count()).isEqualTo(1);
		assertThat(this.registry.get("async.task-group.tasks")
			.tags("name", "dashboard", "outcome", "success")
			.timer()
			.count()).isEqualTo(2);
		assertThat(this.registry.get("async.task-group.wait").tags("name", "dashboard").timer().count()).isEqualTo(2);
	}

	@Test
	void failuresAreTold() {
		assertThatExceptionOfType(TaskGroupException.class)
			.isThrownBy(() -> this.tasks.inGroup("dashboard", (group) -> {
				group.fork("user", () -> {
					throw new IllegalStateException("down");
				});
				return "done";
			}));

		assertThat(this.registry.get("async.task-group.groups").tags("outcome", "failed").timer().count()).isEqualTo(1);
		assertThat(this.registry.get("async.task-group.tasks").tags("outcome", "failed").timer().count()).isEqualTo(1);
	}

	@Test
	void backgroundTasksAreCounted() {
		this.tasks.background("mail", () -> {
			throw new IllegalStateException("down");
		});

		Awaitility.await()
			.untilAsserted(() -> assertThat(this.registry.get("async.background.unobserved").functionCounter().count())
				.isEqualTo(1));
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.registry.get("async.background.active").gauge().value()).isZero());
		assertThat(this.registry.get("async.background.max").gauge().value()).isEqualTo(1);
		assertThat(this.registry.get("async.background.runs").tags("name", "mail", "outcome", "failed").timer().count())
			.isEqualTo(1);
		assertThat(this.registry.get("async.background.rejected").functionCounter().count()).isZero();
	}

}
