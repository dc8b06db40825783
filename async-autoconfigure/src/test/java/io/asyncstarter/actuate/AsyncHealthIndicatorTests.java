package io.asyncstarter.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class AsyncHealthIndicatorTests {

	private final CountDownLatch gate = new CountDownLatch(1);

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	private final BoundedExecutor orders = BoundedExecutor.builder("orders").maxConcurrency(1).queueCapacity(1).build();

	private final ExecutorHealthCheck executors = new ExecutorHealthCheck(() -> List.of(this.orders),
			Duration.ofSeconds(30), this.timer);

	@AfterEach
	void close() {
		this.executors.stop();
		this.gate.countDown();
		this.orders.close();
	}

	private void awaitGate() {
		try {
			this.gate.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void saturate() {
		this.orders.execute(this::awaitGate);
		this.orders.execute(this::awaitGate);
	}

	private static Health health(AsyncHealthCheck... checks) {
		return new AsyncHealthIndicator(List.of(checks)).health();
	}

	private static AsyncHealthCheck check(String name, Status... statuses) {
		return new AsyncHealthCheck() {

			@Override
			public String getName() {
				return name;
			}

			@Override
			public List<AsyncHealthProblem> check() {
				return Stream.of(statuses)
					.map((status) -> new AsyncHealthProblem(status.getCode(), status, "is " + status))
					.toList();
			}

		};
	}

	@Test
	void whenAllIsWellThenStatusIsUpAndEachSectionSaysSo() {
		Health health = health(check("one"), check("two"));

		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).isEqualTo(Map.of("one", "ok", "two", "ok"));
	}

	@Test
	void theWorstProblemDecides() {
		assertThat(health(check("one", Status.UNKNOWN)).getStatus()).isEqualTo(Status.UNKNOWN);
		assertThat(health(check("one", Status.UNKNOWN), check("two", Status.OUT_OF_SERVICE)).getStatus())
			.isEqualTo(Status.OUT_OF_SERVICE);
		assertThat(health(check("one", Status.DOWN, Status.OUT_OF_SERVICE), check("two")).getStatus())
			.isEqualTo(Status.DOWN);
	}

	@Test
	void problemsAreInTheDetails() {
		assertThat(health(check("one", Status.DOWN)).getDetails()).containsEntry("one",
				Map.of("DOWN", Map.of("status", "DOWN", "problem", "is DOWN")));
	}

	@Test
	void whenAnExecutorIsSaturatedForLongThenItIsOutOfService() {
		this.executors.start();
		saturate();
		this.timer.advance(Duration.ofSeconds(30));
		assertThat(health(this.executors).getStatus()).isEqualTo(Status.UP);

		this.timer.advance(Duration.ofSeconds(2));

		assertThat(health(this.executors).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		assertThat(this.executors.check()).containsExactly(new AsyncHealthProblem("orders", Status.OUT_OF_SERVICE,
				"Saturated for 31 s: 1 of 1 tasks run, 1 of 1 wait"));
	}

	@Test
	void whenAnExecutorHasRoomInBetweenThenTheTimeStartsAnew() {
		this.executors.start();
		saturate();
		this.timer.advance(Duration.ofSeconds(20));
		this.orders.setQueueCapacity(2);
		this.timer.advance(Duration.ofSeconds(1));
		this.orders.setQueueCapacity(1);
		this.timer.advance(Duration.ofSeconds(20));

		assertThat(health(this.executors).getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void whenStoppedThenNothingIsLeftOnTheTimer() {
		this.executors.start();
		assertThat(this.timer.armed()).isEqualTo(1);

		this.executors.stop();

		assertThat(this.timer.armed()).isZero();
	}

	@Test
	void whenACircuitBreakerIsOpenThenTheStatusIsUnknown() {
		Policy policy = Policy.builder("github").circuitBreaker((settings) -> {
		}).build();
		PolicyHealthCheck check = new PolicyHealthCheck(Policies.of(policy));
		assertThat(health(check).getStatus()).isEqualTo(Status.UP);

		policy.getCircuitBreaker().ifPresent(CircuitBreaker::transitionToOpenState);

		assertThat(health(check).getStatus()).isEqualTo(Status.UNKNOWN);
		assertThat(check.check()).extracting(AsyncHealthProblem::subject).containsExactly("github");
		assertThat(check.check().get(0).problem()).startsWith("Circuit breaker is open: ");
	}

}
