package io.asyncstarter.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.asyncstarter.actuate.AsyncTasksEndpoint;
import io.asyncstarter.actuate.TaskMetrics;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.task.GroupOutcome;
import io.asyncstarter.task.Subtask;
import io.asyncstarter.task.TaskGroupOptions;
import io.asyncstarter.task.TaskListener;
import io.asyncstarter.task.Tasks;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class AsyncTaskAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(AsyncExecutorAutoConfiguration.class, AsyncPolicyAutoConfiguration.class,
					AsyncTaskAutoConfiguration.class, AsyncTasksEndpointAutoConfiguration.class,
					AsyncMetricsAutoConfiguration.class, AsyncShutdownAutoConfiguration.class,
					MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class));

	@Test
	void whenNothingIsConfiguredThenGroupsHaveDefaults() {
		this.contextRunner.run((context) -> {
			Tasks tasks = context.getBean(Tasks.class);

			assertThat(tasks.groupOptions("any")).isEqualTo(TaskGroupOptions.defaults());
			assertThat(tasks.getBackgroundStats().maxActive()).isEqualTo(10_000);
			assertThat(context).hasSingleBean(TaskMetrics.class);
		});
	}

	@Test
	void whenAGroupIsConfiguredThenItsSettingsApply() {
		this.contextRunner
			.withPropertyValues("async.task-groups.dashboard.deadline=2s",
					"async.task-groups.dashboard.max-concurrency=20", "async.task-groups.dashboard.executor=io",
					"async.task-groups.dashboard.grace=3s")
			.run((context) -> {
				Tasks tasks = context.getBean(Tasks.class);

				assertThat(tasks.groupOptions("dashboard")).isEqualTo(TaskGroupOptions.builder()
					.deadline(Duration.ofSeconds(2))
					.maxConcurrency(20)
					.executor("io")
					.grace(Duration.ofSeconds(3))
					.build());
				String thread = tasks.inGroup("dashboard", (group) -> {
					Subtask<String> where = group.fork("where", () -> Thread.currentThread().getName());
					group.join();
					return where.get();
				});
				assertThat(thread).startsWith("io-");
			});
	}

	@Test
	void whenBackgroundTasksAreConfiguredThenTheirBoundApplies() {
		this.contextRunner.withPropertyValues("async.background.max-tasks=7")
			.run((context) -> assertThat(context.getBean(Tasks.class).getBackgroundStats().maxActive()).isEqualTo(7));
	}

	@Test
	void whenSeveralValuesAreWrongThenAllAreReported() {
		this.contextRunner
			.withPropertyValues("async.task-groups.dashboard.executor=oi", "async.task-groups.other.max-concurrency=0",
					"async.task-groups.other.deadline=-1s", "async.background.max-tasks=0")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.isInstanceOfSatisfying(InvalidAsyncConfigurationException.class,
						(failure) -> assertThat(failure.getProblems()).extracting(ConfigurationProblem::key)
							.containsExactlyInAnyOrder("async.task-groups.dashboard.executor",
									"async.task-groups.other.max-concurrency", "async.task-groups.other.deadline",
									"async.background.max-tasks")));
	}

	@Test
	void whenAnExecutorIsUnknownThenTheNearestIsNamed() {
		this.contextRunner
			.withPropertyValues("async.task-groups.dashboard.executor=reprting",
					"async.executors.reporting.max-concurrency=2")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.isInstanceOfSatisfying(InvalidAsyncConfigurationException.class,
						(failure) -> assertThat(failure.getProblems()).singleElement()
							.satisfies((problem) -> assertThat(problem.fix()).isEqualTo("Did you mean 'reporting'?"))));
	}

	@Test
	void whenThereIsABeanOfTheUsersThenItIsKept() {
		Tasks own = Tasks.create();

		this.contextRunner.withBean(Tasks.class, () -> own)
			.run((context) -> assertThat(context.getBean(Tasks.class)).isSameAs(own));
	}

	@Test
	void whenThereIsAListenerThenItIsTold() {
		this.contextRunner.withUserConfiguration(ListenerConfiguration.class).run((context) -> {
			context.getBean(Tasks.class).inGroup("dashboard", (group) -> "done");

			assertThat(context.getBean(Listener.class).ended).containsExactly("dashboard SUCCEEDED");
		});
	}

	@Test
	void whenTheEndpointIsExposedThenItIsThere() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(AsyncTasksEndpoint.class));
		this.contextRunner.withPropertyValues("management.endpoints.web.exposure.include=asynctasks")
			.run((context) -> assertThat(context).hasSingleBean(AsyncTasksEndpoint.class));
	}

	@Test
	void whenThereIsNoActuatorThenThereAreTasks() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(Endpoint.class))
			.run((context) -> assertThat(context).hasSingleBean(Tasks.class));
	}

	@Test
	void whenTheContextClosesThenBackgroundTasksFinishFirst() {
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch closing = new CountDownLatch(1);
		AtomicReference<String> result = new AtomicReference<>("none");

		this.contextRunner.withPropertyValues("async.shutdown.grace-period=20s").run((context) -> {
			Tasks tasks = context.getBean(Tasks.class);
			BoundedExecutor io = context.getBean("io", BoundedExecutor.class);
			tasks.background("report", () -> {
				started.countDown();
				closing.await();
				result.set(io.submit(() -> "written by io").get());
				return null;
			});
			started.await();
			Thread.ofVirtual().start(() -> {
				Awaitility.await().until(() -> isRefused(tasks));
				closing.countDown();
			});
		});

		assertThat(result).hasValue("written by io");
	}

	private static boolean isRefused(Tasks tasks) {
		long before = tasks.getBackgroundStats().rejected();
		try {
			tasks.background("probe", () -> "ok");
			return false;
		}
		catch (RuntimeException ex) {
			return tasks.getBackgroundStats().rejected() > before;
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class ListenerConfiguration {

		@Bean
		Listener listener() {
			return new Listener();
		}

	}

	static class Listener implements TaskListener {

		private final List<String> ended = new CopyOnWriteArrayList<>();

		@Override
		public void groupEnded(String group, GroupOutcome outcome, Duration time) {
			this.ended.add("%s %s".formatted(group, outcome));
		}

	}

}
