package io.asyncstarter.task;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import io.micrometer.context.ContextRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.testing.NoLeaks;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what is bound to the threads of tasks.
 */
@NoLeaks
@Timeout(60)
class ContextOfTasksTests {

	private static final String KEY = "test";

	private final ThreadLocal<String> value = new ThreadLocal<>();

	private final BoundedExecutor executor = BoundedExecutor.builder("io").maxConcurrency(2).build();

	private final Tasks tasks = Tasks.builder().executors(BoundedExecutors.of(this.executor)).build();

	@BeforeEach
	void registerAccessor() {
		ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, this.value);
	}

	@AfterEach
	void removeAccessor() {
		ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
		this.executor.close();
	}

	// F11, F13: changes of a task are not seen by others, nor later ones of the caller
	@Test
	void changesStayWhereTheyAreMade() throws Exception {
		this.value.set("caller");
		List<Callable<String>> works = IntStream.range(0, 100).<Callable<String>>mapToObj((number) -> () -> {
			String before = this.value.get();
			this.value.set("task " + number);
			Thread.onSpinWait();
			return before + this.value.get().equals("task " + number);
		}).toList();
		List<String> expected = Collections.nCopies(100, "callertrue");

		assertThat(this.tasks.gather(works)).isEqualTo(expected);
		assertThat(this.tasks.using("io", (options) -> options.executor("io")).gather(works)).isEqualTo(expected);
		for (TaskMapping<Callable<String>, String> mapping : mappings(works)) {
			assertThat(mapping.list()).isEqualTo(expected);
			assertThat(mapping.stream().toList()).isEqualTo(expected);
			assertThat(this.tasks.reactive().join(mapping.flux().collectList())).isEqualTo(expected);
		}
		assertThat(this.value.get()).isEqualTo("caller");
	}

	private List<TaskMapping<Callable<String>, String>> mappings(List<Callable<String>> works) {
		TaskMapping<Callable<String>, String> mapping = this.tasks.mapping(works, 3, Callable::call);
		return List.of(mapping, mapping.executor("io"));
	}

	// F13
	@Test
	void laterChangesOfTheCallerAreNotSeen() throws Exception {
		this.value.set("forked");
		CountDownLatch changed = new CountDownLatch(1);
		List<Subtask<String>> subtasks = new ArrayList<>();
		this.tasks.inGroup("test", (group) -> {
			subtasks.add(group.fork(() -> {
				changed.await();
				return this.value.get();
			}));
			this.value.set("changed");
			changed.countDown();
			return null;
		});

		assertThat(subtasks.getFirst().get()).isEqualTo("forked");
	}

	@Test
	void blockingWorkHasWhatIsInTheContextOfItsSubscriber() throws Exception {
		for (Tasks each : List.of(this.tasks, Tasks.create())) {
			Mono<String> work = each.reactive()
				.blocking(this.value::get)
				.contextWrite((context) -> context.put(KEY, "reactor"));

			this.value.set("thread");
			assertThat(work.block()).isEqualTo("reactor");
			assertThat(this.value.get()).isEqualTo("thread");
		}
	}

	@Test
	void workThatIsJoinedHasTheContextOfTheThread() throws Exception {
		this.value.set("thread");

		String seen = this.tasks.reactive().join(Mono.deferContextual((context) -> Mono.just(context.get(KEY))));

		assertThat(seen).isEqualTo("thread");
	}

	@Test
	void shieldedWorkHasTheContextOfItsCaller() throws Exception {
		this.value.set("caller");

		assertThat(this.tasks.shield("shielded", this.value::get)).isEqualTo("caller");
	}

}
