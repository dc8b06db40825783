package io.asyncstarter.monitor;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import reactor.netty.resources.LoopResources;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Measures what the monitors cost while nothing is wrong: the processor time of all Java
 * threads of this virtual machine, of which none has anything to do but them, with the
 * event loops of Reactor Netty at rest. Asserts nothing about it, since that depends on
 * the machine:
 * {@code mvn -pl async-autoconfigure test -Dtest=MonitorCostTests -Dasync.monitor.cost=60}
 * (seconds for each; the monitor runs as long before, so that it is compiled).
 */
@EnabledIfSystemProperty(named = "async.monitor.cost", matches = "\\d+")
class MonitorCostTests {

	private static final Log logger = LogFactory.getLog(MonitorCostTests.class);

	private final LoopResources resources = LoopResources.create("cost");

	private static long used() {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		long used = 0;
		for (long id : threads.getAllThreadIds()) {
			used += (id != Thread.currentThread().threadId()) ? Math.max(0, threads.getThreadCpuTime(id)) : 0;
		}
		return used;
	}

	private static long pass() throws InterruptedException {
		long before = used();
		assertThat(new CountDownLatch(1).await(Long.getLong("async.monitor.cost"), TimeUnit.SECONDS)).isFalse();
		return used() - before;
	}

	@Test
	void measure() throws Exception {
		this.resources.onServer(true).forEach((loop) -> loop.submit(() -> {
		}).syncUninterruptibly());
		Duration eventLoop = Duration.ofMillis(100);
		Duration virtualThreads = Duration.ofMillis(200);
		List<AsyncMonitor.Builder> monitors = List.of(AsyncMonitor.builder().eventLoops(eventLoop),
				AsyncMonitor.builder().virtualThreads(virtualThreads),
				AsyncMonitor.builder().eventLoops(eventLoop).virtualThreads(virtualThreads),
				AsyncMonitor.builder().pinning(Duration.ofMillis(50), Duration.ZERO));
		for (AsyncMonitor.Builder builder : monitors) {
			AsyncMonitor monitor = builder
				.source((eventLoops) -> eventLoops.register("cost", this.resources.onServer(true)))
				.build();
			monitor.start();
			pass();
			long cost = pass();
			logger.info("%s: %.3f %% of one core (all loops and threads at rest)"
				.formatted(monitor.getThresholds().keySet(), cost / 1e7 / Long.getLong("async.monitor.cost")));
			monitor.stop();
		}
		this.resources.dispose();
	}

}
