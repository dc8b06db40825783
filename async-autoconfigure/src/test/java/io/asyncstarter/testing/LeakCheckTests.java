package io.asyncstarter.testing;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstances;
import org.mockito.Mockito;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.sync.ConcurrencyLimiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;

/**
 * Tests for {@link LeakCheck}.
 */
@Timeout(60)
class LeakCheckTests {

	private final CountDownLatch end = new CountDownLatch(1);

	private final LeakCheck check = new LeakCheck().grace(Duration.ofMillis(100));

	private final Example test = new Example();

	@AfterEach
	void letThreadsEnd() {
		this.end.countDown();
	}

	@Test
	void testThatLeavesNothingPasses() {
		assertThatNoException().isThrownBy(() -> around(() -> {
			Thread thread = Thread.ofVirtual().start(() -> {
			});
			thread.join();
			this.test.limiter.acquire().close();
		}));
	}

	@Test
	void whatGoesAwayInTimeIsNoLeak() {
		this.check.grace(Duration.ofSeconds(30));

		assertThatNoException().isThrownBy(() -> around(() -> {
			Thread ending = Thread.ofPlatform().start(this::block);
			DeadlineTimer.shared().schedule(20_000_000, this.end::countDown);
			assertThat(ending.isAlive()).isTrue();
		}));
	}

	@Test
	void threadsAreReportedWithTheirStacks() {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> around(() -> {
			Thread.ofPlatform().name("left-behind").start(this::block);
			Thread.ofVirtual().name("left \"virtually\"").start(this::block);
		}))
			.withMessageContainingAll("Test 'example' has left behind, PT0.1S after its end:",
					"  platform thread \"left-behind\"", "  virtual thread \"left \"virtually\"\"",
					"    at " + LeakCheckTests.class.getName() + ".block(LeakCheckTests.java:");
	}

	@Test
	void threadsFromBeforeTheTestAreNotReported() {
		Thread.ofPlatform().start(this::block);
		Thread.ofVirtual().start(this::block);

		assertThatNoException().isThrownBy(() -> around(() -> {
		}));
	}

	@Test
	void ignoredThreadsAreNotReported() {
		this.check.ignoreThreads("my-pool-.*");

		assertThatNoException().isThrownBy(() -> around(() -> {
			Thread.ofPlatform().name("my-pool-1").start(this::block);
			Thread.ofVirtual().name("of-annotation-1").start(this::block);
		}));
	}

	@Test
	void tasksOfExecutorsAreReported() {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> around(() -> {
			this.test.executor.execute(this::block);
			this.test.executor.execute(this::block);
		})).withMessageContaining("  Executor 'io': 2 running, queued or waiting tasks, 0 before the test");
	}

	@Test
	void permitsAreReported() {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> around(() -> {
			this.test.limiter.acquire();
			this.test.policy.getBulkhead().orElseThrow().acquirePermission();
		}))
			.withMessageContainingAll("  Limiter 'db': 1 permits taken or waited for, 0 before the test",
					"  Bulkhead 'mail': 1 permits taken or waited for, 0 before the test");
	}

	@Test
	void permitsFromBeforeTheTestAreNotReported() throws Exception {
		this.test.limiter.acquire();

		assertThatNoException().isThrownBy(() -> around(() -> {
		}));
	}

	@Test
	void timersAreReported() {
		DeadlineTimer.Timeout[] shared = new DeadlineTimer.Timeout[1];
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> around(() -> {
			shared[0] = DeadlineTimer.shared().schedule(Duration.ofDays(1).toNanos(), () -> {
			});
			this.test.timer.schedule(1, () -> {
			});
		})).withMessageContainingAll("  Shared timer: ", "  Timer: 1 armed timers, 0 before the test");
		shared[0].cancel();
	}

	@Test
	void interruptFlagIsReportedAndCleared() {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> around(Thread.currentThread()::interrupt))
			.withMessageContaining("  interrupt flag of the test's thread");
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	void deadlineOfTheThreadIsReported() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> Deadline.within(Duration.ofDays(1), () -> around(() -> {
			})))
			.withMessageContaining("  deadline on the test's thread");
	}

	@Test
	void whatIsInNoFieldIsWatchedIfAsked() {
		BoundedExecutor executor = BoundedExecutor.builder("hidden").build();
		Policy policy = Policy.builder("hidden").bulkhead(1, Duration.ZERO).build();
		this.check.watch(BoundedExecutors.of(executor)).watch(Policies.of(policy));

		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> around(() -> {
			executor.execute(this::block);
			policy.getBulkhead().orElseThrow().acquirePermission();
		})).withMessageContainingAll("Executor 'hidden': 1", "Bulkhead 'hidden': 1");
	}

	@Test
	void watchRefusesWhatItDoesNotKnow() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.check.watch("text"))
			.withMessage("'resource' must be of a type that can be watched but was a java.lang.String");
	}

	private void block() {
		boolean interrupted = true;
		while (interrupted) {
			try {
				this.end.await();
				interrupted = false;
			}
			catch (InterruptedException ex) {
				// stays
			}
		}
	}

	private void around(Body body) throws Exception {
		ExtensionContext context = context();
		this.check.beforeEach(context);
		body.run();
		this.check.afterEach(context);
	}

	private ExtensionContext context() {
		Map<Object, Object> stored = new HashMap<>();
		ExtensionContext.Store store = Mockito.mock(ExtensionContext.Store.class);
		Mockito.doAnswer((call) -> stored.put(call.getArgument(0), call.getArgument(1))).when(store).put(any(), any());
		given(store.remove(any(), eq(LeakDetector.class))).willAnswer((call) -> stored.remove(call.getArgument(0)));
		TestInstances instances = Mockito.mock(TestInstances.class);
		given(instances.getAllInstances()).willReturn(List.of(this.test));
		ExtensionContext context = Mockito.mock(ExtensionContext.class);
		given(context.getStore(any())).willReturn(store);
		given(context.getRequiredTestInstances()).willReturn(instances);
		given(context.getDisplayName()).willReturn("example");
		given(context.getElement()).willReturn(Optional.empty());
		Mockito.doReturn(Example.class).when(context).getRequiredTestClass();
		return context;
	}

	/**
	 * What happens between the callbacks.
	 */
	@FunctionalInterface
	private interface Body {

		void run() throws Exception;

	}

	/**
	 * A test class to look into.
	 */
	@NoLeaks(ignoreThreads = "of-annotation-.*")
	static class Example extends Base {

		final BoundedExecutor executor = BoundedExecutor.builder("io").maxConcurrency(1).build();

		final Policy policy = Policy.builder("mail").bulkhead(1, Duration.ZERO).build();

		final ManualDeadlineTimer timer = new ManualDeadlineTimer();

		final int number = 7;

	}

	/**
	 * Its super class.
	 */
	static class Base {

		final ConcurrencyLimiter limiter = new ConcurrencyLimiter("db", 1);

	}

}
