package io.asyncstarter.actuate;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(30)
class BoundedExecutorMetricsTests {

	private final BoundedExecutor orders = BoundedExecutor.builder("orders").maxConcurrency(1).queueCapacity(2).build();

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final CountDownLatch gate = new CountDownLatch(1);

	@BeforeEach
	void bind() {
		new BoundedExecutorMetrics(BoundedExecutors.of(this.orders)).bindTo(this.registry);
	}

	@AfterEach
	void close() {
		this.gate.countDown();
		this.orders.close();
	}

	private static void nothing() {
	}

	private void awaitGate() {
		try {
			this.gate.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private double gauge(String name) {
		return this.registry.get(name).tag("name", "orders").gauge().value();
	}

	@Test
	void gaugesFollowTheExecutor() {
		this.orders.execute(this::awaitGate);
		this.orders.execute(BoundedExecutorMetricsTests::nothing);

		assertThat(gauge("executor.active")).isEqualTo(1);
		assertThat(gauge("executor.queued")).isEqualTo(1);
		assertThat(gauge("executor.queue.remaining")).isEqualTo(1);
		assertThat(gauge("executor.pool.max")).isEqualTo(1);
		assertThat(gauge("async.executor.submitters.waiting")).isZero();
		assertThat(this.registry.get("async.executor.queue.oldest").timeGauge().value(TimeUnit.NANOSECONDS))
			.isPositive();
	}

	@Test
	void eachTaskIsTimedOnceInTheQueueAndOnceRunning() throws Exception {
		for (int i = 0; i < 3; i++) {
			this.orders.submit(() -> 1).get();
		}
		this.orders.execute(() -> {
			throw new IllegalStateException("expected");
		});
		this.orders.close();

		assertThat(this.registry.get("async.executor.queue.wait").timer().count()).isEqualTo(4);
		assertThat(this.registry.get("async.executor.run").tag("outcome", "succeeded").timer().count()).isEqualTo(3);
		assertThat(this.registry.get("async.executor.run").tag("outcome", "failed").timer().count()).isEqualTo(1);
		assertThat(this.registry.get("executor.completed").functionCounter().count()).isEqualTo(4);
	}

	@Test
	void rejectionsAreCountedByReason() {
		this.orders.execute(this::awaitGate);
		this.orders.execute(BoundedExecutorMetricsTests::nothing);
		this.orders.execute(BoundedExecutorMetricsTests::nothing);
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> this.orders.execute(BoundedExecutorMetricsTests::nothing));
		this.orders.shutdown();
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> this.orders.execute(BoundedExecutorMetricsTests::nothing));

		assertThat(rejected("saturated")).isEqualTo(1);
		assertThat(rejected("shut-down")).isEqualTo(1);
		assertThat(rejected("discarded")).isZero();
	}

	private double rejected(String reason) {
		return this.registry.get("async.executor.rejected").tag("reason", reason).counter().count();
	}

}
