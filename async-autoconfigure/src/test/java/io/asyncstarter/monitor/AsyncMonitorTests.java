package io.asyncstarter.monitor;

import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@Timeout(60)
class AsyncMonitorTests {

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

	private final CountDownLatch gate = new CountDownLatch(1);

	@AfterEach
	void shutDown() {
		this.gate.countDown();
		this.group.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS).syncUninterruptibly();
	}

	private static Set<String> monitorThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("async-monitor"))
			.collect(Collectors.toSet());
	}

	private void awaitGate() {
		try {
			this.gate.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void whenALoopOfNettyIsBlockedThenItIsFoundWithItsStack() throws Exception {
		AsyncMonitor monitor = AsyncMonitor.builder().eventLoops(Duration.ofMillis(50)).build();
		LinkedBlockingQueue<MonitorFinding> found = new LinkedBlockingQueue<>();
		monitor.addListener(new MonitorListener() {

			@Override
			public void found(MonitorFinding finding) {
				if (finding.ongoing()) {
					found.add(finding);
				}
			}

		});
		monitor.getEventLoops().register("netty", this.group);
		monitor.start();
		try {
			Awaitility.await()
				.until(() -> monitor.getEventLoops().getLoops().stream().allMatch((loop) -> loop.thread() != null));
			EventLoop loop = this.group.next();
			CompletableFuture<String> blocked = CompletableFuture.supplyAsync(() -> {
				String name = Thread.currentThread().getName();
				awaitGate();
				return name;
			}, loop);

			MonitorFinding finding = found.take();
			while (finding.stack().stream().noneMatch((frame) -> frame.getMethodName().equals("awaitGate"))) {
				finding = found.take();
			}

			this.gate.countDown();
			assertThat(finding.kind()).isEqualTo(FindingKind.EVENT_LOOP_BLOCKED);
			assertThat(finding.detail()).contains(blocked.get(), "WAITING");
			assertThat(finding.name()).startsWith("netty-");
			assertThat(finding.cause()).isNotEmpty();
		}
		finally {
			monitor.stop();
		}
	}

	@Test
	void thereIsAThreadOnlyBetweenStartAndStop() {
		AsyncMonitor monitor = AsyncMonitor.builder()
			.eventLoops(Duration.ofMillis(100))
			.virtualThreads(Duration.ofMillis(200))
			.build();
		monitor.getEventLoops().register("netty", this.group);
		assertThat(monitorThreads()).isEmpty();

		for (int i = 0; i < 2; i++) {
			monitor.start();
			assertThat(monitor.isRunning()).isTrue();
			assertThat(monitorThreads()).containsExactly("async-monitor");
			monitor.stop();
			assertThat(monitor.isRunning()).isFalse();
			assertThat(monitorThreads()).isEmpty();
		}
	}

	@Test
	void whenNothingIsWatchedThenThereIsNoThread() {
		AsyncMonitor monitor = AsyncMonitor.builder().build();
		monitor.getEventLoops().register("netty", this.group);

		monitor.start();

		assertThat(monitorThreads()).isEmpty();
		assertThat(monitor.getEventLoops().getLoops()).isEmpty();
		monitor.stop();
	}

	@Test
	void whenStartedThenSourcesAreAsked() {
		AsyncMonitor monitor = AsyncMonitor.builder()
			.eventLoops(Duration.ofMillis(100))
			.source((eventLoops) -> eventLoops.register("netty", this.group))
			.build();
		assertThat(monitor.getEventLoops().getLoops()).isEmpty();

		monitor.start();
		monitor.stop();

		assertThat(monitor.getEventLoops().getLoops()).extracting(EventLoopState::name)
			.containsExactly("netty-1", "netty-2");
	}

	@Test
	void whenAVirtualThreadIsPinnedThenThatIsFound() throws Exception {
		AsyncMonitor monitor = AsyncMonitor.builder().pinning(Duration.ofMillis(20), Duration.ZERO).build();
		LinkedBlockingQueue<MonitorFinding> found = new LinkedBlockingQueue<>();
		monitor.addListener(new MonitorListener() {

			@Override
			public void found(MonitorFinding finding) {
				found.add(finding);
			}

		});
		monitor.start();
		try {
			MonitorFinding finding = null;
			while (finding == null) {
				// The recording starts at some time after the monitor.
				pin();
				finding = found.poll(1, TimeUnit.SECONDS);
			}

			assertThat(finding.kind()).isEqualTo(FindingKind.THREAD_PINNED);
			assertThat(finding.duration()).isGreaterThanOrEqualTo(Duration.ofMillis(20));
			assertThat(finding.name()).isEqualTo("pinned");
			assertThat(monitor.getFindings(FindingKind.THREAD_PINNED)).contains(finding);
			assertThat(monitor.getCount(FindingKind.THREAD_PINNED)).isPositive();
		}
		finally {
			monitor.stop();
		}
		assertThat(monitorThreads()).isEmpty();
	}

	/**
	 * What initializes a class is pinned in every version of Java.
	 */
	private static void pin() throws Exception {
		URL[] urls = { Pinning.class.getProtectionDomain().getCodeSource().getLocation() };
		try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
			FutureTask<Class<?>> initialization = new FutureTask<>(
					() -> Class.forName(Pinning.class.getName(), true, loader));
			Thread.ofVirtual().name("pinned").start(initialization);
			initialization.get();
		}
	}

	@Test
	void whenAThresholdIsNotPositiveThenThatIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> AsyncMonitor.builder().eventLoops(Duration.ZERO))
			.withMessage("'warnAbove' must be more than zero but was PT0S");
	}

	/**
	 * Blocks when it is initialized.
	 */
	static final class Pinning {

		static {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
		}

	}

}
