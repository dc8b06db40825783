package io.asyncstarter.task;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.micrometer.context.ContextRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.OverloadPolicy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what is bound to a thread: children see what their fork saw, and nobody else
 * sees what they change. Names in comments are rows of the conformance tables.
 */
@Timeout(30)
class TaskGroupContextTests {

	private static final String KEY = "test";

	private final ThreadLocal<String> value = new ThreadLocal<>();

	private final InheritableThreadLocal<String> inheritable = new InheritableThreadLocal<>();

	@RegisterExtension
	private final TestTasks test = new TestTasks();

	private final Tasks tasks = this.test.get();

	@BeforeEach
	void registerAccessor() {
		ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, this.value);
	}

	@AfterEach
	void removeAccessor() {
		ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
		this.value.remove();
		this.inheritable.remove();
	}

	@Test // F13
	void childSeesWhatWasBoundAtItsForkAndItsChangesAreItsOwn() throws Exception {
		CountDownLatch changed = new CountDownLatch(1);
		try (TaskGroup group = this.tasks.group("test")) {
			this.value.set("fork");
			Subtask<String> child = group.fork(() -> {
				changed.await();
				String seen = this.value.get();
				this.value.set("child");
				return seen;
			});
			this.value.set("later");
			changed.countDown();
			Subtask<String> sibling = group.fork(this.value::get);
			group.join();

			assertThat(child.get()).isEqualTo("fork");
			assertThat(sibling.get()).isEqualTo("later");
		}
		assertThat(this.value.get()).isEqualTo("later");
	}

	@Test // F13
	void hundredChildrenSeeEachTheirOwnValue() throws Exception {
		try (TaskGroup group = this.tasks.group("test", (options) -> options.maxConcurrency(7))) {
			List<Subtask<String>> children = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				this.value.set("value " + i);
				children.add(group.fork(() -> {
					Thread.yield();
					return this.value.get();
				}));
			}
			group.join();

			for (int i = 0; i < 100; i++) {
				assertThat(children.get(i).get()).isEqualTo("value " + i);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(OverloadPolicy.class)
	void childThatIsStartedByAnotherOneSeesWhatItsOwnForkSaw(OverloadPolicy policy) throws Exception {
		try (BoundedExecutor executor = BoundedExecutor.builder("test")
			.maxConcurrency(1)
			.queueCapacity(0)
			.whenFull(policy)
			.taskDecorator((task) -> {
				String decorated = this.value.get();
				return () -> {
					this.inheritable.set(decorated);
					task.run();
				};
			})
			.build();
				TaskGroup group = this.tasks.group("test", (options) -> options.executor(executor).maxConcurrency(1))) {
			List<Subtask<String>> children = new ArrayList<>();
			for (int i = 0; i < 50; i++) {
				this.value.set("value " + i);
				children.add(group.fork(this.value::get));
			}
			group.join();

			for (int i = 0; i < 50; i++) {
				assertThat(children.get(i).get()).isEqualTo("value " + i);
			}
		}
	}

	@Test
	void childrenInheritNoThreadLocals() throws Exception {
		this.inheritable.set("owner");
		try (TaskGroup group = this.tasks.group("test")) {
			Subtask<String> child = group.fork("named", this.inheritable::get);
			Subtask<String> unnamed = group.fork(this.inheritable::get);
			group.join();

			assertThat(child.get()).isNull();
			assertThat(unnamed.get()).isNull();
		}
	}

	@Test
	void backgroundTaskSeesWhatWasBoundAtItsStart() throws Exception {
		this.value.set("start");

		assertThat(this.tasks.<String>background("test", this.value::get).get()).isEqualTo("start");
	}

}
