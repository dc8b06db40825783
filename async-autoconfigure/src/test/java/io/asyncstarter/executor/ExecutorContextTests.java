package io.asyncstarter.executor;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What follows a task and what does not (CONFORMANCE F11, F13, rule 5 of §5.1).
 */
@Timeout(60)
class ExecutorContextTests {

	private static final String KEY = "test";

	private static final ThreadLocal<@Nullable String> VALUE = new ThreadLocal<>();

	private static final InheritableThreadLocal<@Nullable String> INHERITED = new InheritableThreadLocal<>();

	@RegisterExtension
	final TestExecutors executors = new TestExecutors();

	@BeforeEach
	void registerAccessor() {
		ContextRegistry.getInstance().registerThreadLocalAccessor(new Accessor(KEY, VALUE));
	}

	@AfterEach
	void removeAccessor() {
		ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
		VALUE.remove();
		INHERITED.remove();
	}

	@ParameterizedTest
	@MethodSource("io.asyncstarter.executor.Setting#all")
	void submitCarriesValueOfSubmitter(Setting setting) throws Exception {
		BoundedExecutor executor = this.executors.of(setting);
		VALUE.set("mine");

		assertThat(executor.submit(VALUE::get).get()).isEqualTo("mine");
		TestExecutors.awaitIdle(executor);
		assertThat(executor.submitCompletable(VALUE::get).get()).isEqualTo("mine");
		TestExecutors.awaitIdle(executor);
		String seenByAny = executor.invokeAny(List.of(VALUE::get));
		assertThat(seenByAny).isEqualTo("mine");
		TestExecutors.awaitIdle(executor);
		AtomicReference<@Nullable String> seen = new AtomicReference<>();
		executor.execute(() -> seen.set(VALUE.get()));
		TestExecutors.awaitIdle(executor);
		assertThat(seen).hasValue("mine");
	}

	@Test
	void submitWhenQueuedCarriesValueOfThatMoment() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		Gate gate = new Gate();
		gate.occupy(executor);
		VALUE.set("first");
		Future<String> first = executor.submit(VALUE::get);
		VALUE.set("second");
		Future<String> second = executor.submit(VALUE::get);
		VALUE.remove();
		Future<String> none = executor.submit(VALUE::get);

		gate.open();

		assertThat(first.get()).isEqualTo("first");
		assertThat(second.get()).isEqualTo("second");
		assertThat(none.get()).isNull();
	}

	@ParameterizedTest
	@EnumSource(ThreadKind.class)
	void submitWhenTaskLeavesValueBehindHidesItFromLaterTasksAndSubmitter(ThreadKind threads) throws Exception {
		BoundedExecutor executor = this.executors.of(new Setting(1, threads, 200));
		List<Future<String>> before = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			int number = i;
			before.add(executor.submit(() -> {
				String seen = VALUE.get();
				VALUE.set("left behind by " + number);
				return seen;
			}));
		}

		for (Future<String> future : before) {
			assertThat(future.get()).isNull();
		}
		assertThat(VALUE.get()).isNull();
	}

	@ParameterizedTest
	@EnumSource(ThreadKind.class)
	void submitNeverCarriesInheritableThreadLocals(ThreadKind threads) throws Exception {
		BoundedExecutor executor = this.executors.of(new Setting(2, threads, 10));
		INHERITED.set("of submitter");
		Gate gate = new Gate();
		Future<String> first = executor.submit(() -> {
			String seen = INHERITED.get();
			INHERITED.set("of worker");
			gate.pass();
			// not needed, but what a task that tidies up does
			INHERITED.remove();
			return seen;
		});
		gate.awaitArrivals(1);
		// started by the first one's thread, when it ends
		Future<String> other = executor.submit(INHERITED::get);
		assertThat(other.get()).isNull();
		Future<String> later = executor.submit(INHERITED::get);
		gate.open();

		assertThat(first.get()).isNull();
		assertThat(later.get()).isNull();
	}

	@Test
	void submitWhenWorkerStartsNextThreadDoesNotLeakItsInheritableThreadLocals() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		Gate gate = new Gate();
		Future<?> first = executor.submit(() -> {
			INHERITED.set("of worker");
			gate.pass();
			return null;
		});
		gate.awaitArrivals(1);
		Future<String> next = executor.submit(INHERITED::get);

		gate.open();

		assertThat((Object) first.get()).isNull();
		assertThat(next.get()).isNull();
	}

	@Test
	void submitWhenThreadsOfFactoryInheritClearsValueAllTheSame() throws Exception {
		// An accessor's own thread-local may be inheritable, as Spring's holders can be.
		ContextRegistry.getInstance().registerThreadLocalAccessor(new Accessor("inherited", INHERITED));
		try {
			BoundedExecutor executor = this.executors.of(1, 10,
					(builder) -> builder.threadFactory(Thread.ofVirtual().factory()));
			Gate gate = new Gate();
			Future<?> first = executor.submit(() -> {
				INHERITED.set("of worker");
				gate.pass();
				return null;
			});
			gate.awaitArrivals(1);
			Future<String> next = executor.submit(INHERITED::get);

			gate.open();

			assertThat((Object) first.get()).isNull();
			assertThat(next.get()).isNull();
		}
		finally {
			ContextRegistry.getInstance().removeThreadLocalAccessor("inherited");
		}
	}

	@ParameterizedTest
	@EnumSource(ThreadKind.class)
	void submitCarriesContextClassLoaderAndGivesItBack(ThreadKind threads) throws Exception {
		BoundedExecutor executor = this.executors.of(new Setting(1, threads, 10));
		ClassLoader own = Thread.currentThread().getContextClassLoader();
		try (URLClassLoader other = new URLClassLoader(new URL[0], own)) {
			Thread.currentThread().setContextClassLoader(other);
			Future<ClassLoader> inside = executor.submit(() -> {
				ClassLoader seen = Thread.currentThread().getContextClassLoader();
				Thread.currentThread().setContextClassLoader(null);
				return seen;
			});
			Thread.currentThread().setContextClassLoader(own);
			Future<ClassLoader> after = executor.submit(() -> Thread.currentThread().getContextClassLoader());

			assertThat(inside.get()).isSameAs(other);
			assertThat(after.get()).isSameAs(own);
		}
		finally {
			Thread.currentThread().setContextClassLoader(own);
		}
	}

	@Test
	void callerRunsLeavesCallersContextUntouched() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.whenFull(OverloadPolicy.CALLER_RUNS));
		Gate gate = new Gate();
		gate.occupy(executor);
		VALUE.set("mine");
		ClassLoader own = Thread.currentThread().getContextClassLoader();

		Future<String> future = executor.submit(() -> {
			String seen = VALUE.get();
			VALUE.set("other");
			Thread.currentThread().setContextClassLoader(null);
			return seen;
		});

		assertThat(future.get()).isEqualTo("mine");
		assertThat(VALUE.get()).isEqualTo("mine");
		assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(own);
		VALUE.remove();
		executor.execute(() -> VALUE.set("other"));
		assertThat(VALUE.get()).isNull();
		gate.open();
	}

	@Test
	void helpInPlaceLeavesJoinersContextUntouched() throws Exception {
		BoundedExecutor executor = this.executors.of(1, 10);
		Future<String> outer = executor.submit(() -> {
			VALUE.set("outer");
			Future<String> nested = executor.submit(() -> {
				String seen = VALUE.get();
				VALUE.set("nested");
				return seen;
			});
			VALUE.set("changed");
			return nested.get() + " " + VALUE.get();
		});

		assertThat(outer.get()).isEqualTo("outer changed");
	}

	@Test
	void decoratorIsAppliedOnceOnSubmittersThread() throws Exception {
		List<Thread> threads = new ArrayList<>();
		AtomicInteger runs = new AtomicInteger();
		BoundedExecutor executor = this.executors.of(1, 10, (builder) -> builder.taskDecorator((task) -> {
			threads.add(Thread.currentThread());
			return () -> {
				runs.incrementAndGet();
				task.run();
			};
		}));

		executor.execute(() -> {
		});
		executor.submit(() -> 1).get();
		executor.submitCompletable(() -> 1).get();
		executor.invokeAll(List.of(() -> 1));
		executor.invokeAny(List.of(() -> 1));

		TestExecutors.awaitIdle(executor);
		assertThat(threads).hasSize(5).containsOnly(Thread.currentThread());
		assertThat(runs).hasValue(5);
	}

	@Test
	void decoratorWhenFailingOnSubmissionLeaksNothing() {
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.taskDecorator((task) -> {
			throw new IllegalStateException("test");
		}));

		assertThatIllegalStateException().isThrownBy(() -> executor.execute(() -> {
		}));
		assertThatIllegalStateException().isThrownBy(() -> executor.submit(() -> 1));
		assertThatIllegalStateException().isThrownBy(() -> executor.submitCompletable(() -> 1));
		assertThatIllegalStateException().isThrownBy(() -> executor.invokeAll(List.of(() -> 1)));
		assertThatIllegalStateException().isThrownBy(() -> executor.invokeAny(List.of(() -> 1)));

		assertThat(executor.getRunningCount()).isZero();
		executor.shutdown();
	}

	@Test
	@SuppressWarnings("NullAway") // a bad decorator
	void decoratorWhenReturningNothingIsNamed() {
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.taskDecorator((task) -> null));

		assertThatIllegalStateException().isThrownBy(() -> executor.submit(() -> 1))
			.withMessageContaining("of executor '%s' returned no task", executor.getName());
		executor.shutdown();
	}

	@Test
	void decoratorWhenFailingOnRunFailsFuture() {
		BoundedExecutor executor = this.executors.of(1, 1, (builder) -> builder.taskDecorator((task) -> () -> {
			throw new IllegalStateException("test");
		}));

		Future<Integer> future = executor.submit(() -> 1);

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
			.withCauseInstanceOf(IllegalStateException.class);
		executor.shutdown();
	}

	@Test
	void decoratorWhenNeverRunningTaskFailsFuture() {
		BoundedExecutor executor = this.executors.of(1, 1, (builder) -> builder.taskDecorator((task) -> () -> {
		}));

		Future<Integer> future = executor.submit(() -> 1);

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
			.withMessageContaining("Task decorator of executor '%s' did not run the task", executor.getName());
		executor.shutdown();
	}

	@Test
	void decoratorWhenRejectedAndRetriedWrapsTaskOnce() throws Exception {
		AtomicInteger wraps = new AtomicInteger();
		BoundedExecutor executor = this.executors.of(1, 0, (builder) -> builder.taskDecorator((task) -> () -> {
			wraps.incrementAndGet();
			task.run();
		}));
		Gate gate = new Gate();
		gate.occupy(executor);
		BoundedTask<String> task = executor.tasks().task(() -> "value");
		assertThatExceptionOfType(ExecutorSaturatedException.class).isThrownBy(() -> executor.execute(task));
		gate.open();
		TestExecutors.awaitIdle(executor);

		executor.execute(task);

		assertThat(task.get()).isEqualTo("value");
		assertThat(wraps).hasValue(2);
	}

	/**
	 * Of one thread-local.
	 */
	private record Accessor(Object key,
			ThreadLocal<@Nullable String> threadLocal) implements ThreadLocalAccessor<String> {

		@Override
		public @Nullable String getValue() {
			return this.threadLocal.get();
		}

		@Override
		public void setValue(String value) {
			this.threadLocal.set(value);
		}

		@Override
		public void setValue() {
			this.threadLocal.remove();
		}

	}

}
