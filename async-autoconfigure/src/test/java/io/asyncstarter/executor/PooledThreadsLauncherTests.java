package io.asyncstarter.executor;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The pool of platform threads.
 */
@Timeout(60)
class PooledThreadsLauncherTests {

	@RegisterExtension
	final TestExecutors executors = new TestExecutors();

	@Test
	void launchPrefersIdleThreadToNewOne() throws Exception {
		// A trickle of tasks to a pool without a bound must not start a thread for each.
		BoundedExecutor executor = this.executors.of(new Setting(Setting.UNLIMITED, ThreadKind.PLATFORM, 0));
		Set<Thread> threads = ConcurrentHashMap.newKeySet();

		for (int i = 0; i < 200; i++) {
			threads.add(executor.submit(Thread::currentThread).get());
			TestExecutors.awaitIdle(executor);
		}

		assertThat(threads).hasSizeLessThanOrEqualTo(20);
	}

	@Test
	void launchNeverStartsMoreThreadsThanAllowed() throws Exception {
		BoundedExecutor executor = this.executors.of(new Setting(3, ThreadKind.PLATFORM, 10_000));
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		CountDownLatch done = new CountDownLatch(10_000);
		for (int i = 0; i < 10_000; i++) {
			executor.execute(() -> {
				threads.add(Thread.currentThread());
				done.countDown();
			});
		}
		done.await();

		assertThat(threads).hasSizeLessThanOrEqualTo(3);
	}

	@Test
	void launchWhenThreadsAreAboutToIdleHandsOver() throws Exception {
		BoundedExecutor executor = this.executors.of(new Setting(2, ThreadKind.PLATFORM, 0),
				(builder) -> builder.whenFull(OverloadPolicy.WAIT));
		AtomicInteger runs = new AtomicInteger();

		for (int i = 0; i < 20_000; i++) {
			executor.execute(runs::incrementAndGet);
		}

		TestExecutors.awaitIdle(executor);
		assertThat(runs).hasValue(20_000);
		assertThat(TestExecutors.threadsOf(executor)).hasSizeLessThanOrEqualTo(2);
	}

	@Test
	void resizeWhenLoweredEndsIdleThreads() throws Exception {
		BoundedExecutor executor = this.executors.of(new Setting(4, ThreadKind.PLATFORM, 0));
		Gate gate = new Gate();
		gate.occupy(executor);
		executor.setMaxConcurrency(2);

		gate.open();

		TestExecutors.eventually("two left").until(() -> TestExecutors.threadsOf(executor).size() == 2);
		executor.setMaxConcurrency(1);
		TestExecutors.eventually("one left").until(() -> TestExecutors.threadsOf(executor).size() == 1);
	}

	@Test
	void closeEndsIdleThreads() throws Exception {
		BoundedExecutor executor = this.executors.of(new Setting(4, ThreadKind.PLATFORM, 0));
		Gate gate = new Gate();
		gate.occupy(executor);
		gate.open();
		TestExecutors.awaitIdle(executor);
		assertThat(TestExecutors.threadsOf(executor)).hasSize(4);

		executor.close();

		TestExecutors.eventually("none left").until(() -> TestExecutors.threadsOf(executor).isEmpty());
	}

}
