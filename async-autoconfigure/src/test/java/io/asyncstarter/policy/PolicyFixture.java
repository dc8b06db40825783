package io.asyncstarter.policy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.awaitility.Awaitility;

import io.asyncstarter.testing.ManualDeadlineTimer;

/**
 * What tests of policies have in common: time that the test moves, a rate limiter, work
 * that the test ends, and what has happened.
 */
final class PolicyFixture {

	final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	final RateLimiter limiter = RateLimiter.builder("limiter")
		.permits(1)
		.per(Duration.ofSeconds(1))
		.maxWait(Duration.ZERO)
		.timer(this.timer)
		.build();

	final PolicyEnvironment.Builder environment = PolicyEnvironment.builder()
		.timer(this.timer)
		.rateLimiters(RateLimiters.of(this.limiter))
		.resumer(Runnable::run);

	final List<CompletableFuture<String>> attempts = Collections.synchronizedList(new ArrayList<>());

	final Queue<PolicyEventKind> events = new ConcurrentLinkedQueue<>();

	PolicyFixture() {
		this.environment.listener(new PolicyListener() {

			@Override
			public void onEvent(PolicyEvent event) {
				PolicyFixture.this.events.add(event.kind());
			}

			@Override
			public boolean isInterestedIn(PolicyEventKind kind) {
				return true;
			}

		});
	}

	PolicyBuilder policy() {
		return Policy.builder("test").environment(this.environment.build());
	}

	/**
	 * Returns work whose attempts the test ends.
	 */
	Supplier<CompletableFuture<String>> pending() {
		return () -> {
			CompletableFuture<String> attempt = new CompletableFuture<>();
			this.attempts.add(attempt);
			return attempt;
		};
	}

	/**
	 * Returns work whose attempts end as told, one after the other.
	 */
	@SafeVarargs
	@SuppressWarnings("varargs") // only read
	final Supplier<CompletableFuture<String>> ending(CompletableFuture<String>... ends) {
		Queue<CompletableFuture<String>> queue = new ArrayDeque<>(List.of(ends));
		return () -> {
			synchronized (queue) {
				CompletableFuture<String> end = queue.remove();
				this.attempts.add(end);
				return end;
			}
		};
	}

	/**
	 * Waits until the number of attempts has been started.
	 */
	void awaitStarted(int number) {
		await(() -> this.attempts.size() >= number);
	}

	/**
	 * Waits until the number of attempts has been started, and returns the latest.
	 */
	CompletableFuture<String> awaitAttempt(int number) {
		awaitStarted(number);
		return this.attempts.get(number - 1);
	}

	/**
	 * Waits until so many timeouts are armed, no more and no fewer.
	 */
	void awaitArmed(int number) {
		await(() -> this.timer.armed() == number);
	}

	static void await(Supplier<Boolean> condition) {
		Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(1, TimeUnit.MILLISECONDS)
			.atMost(Duration.ofSeconds(10))
			.until(condition::get);
	}

	void advance(long millis) {
		this.timer.advance(Duration.ofMillis(millis));
	}

	static CompletableFuture<String> ok(String value) {
		return CompletableFuture.completedFuture(value);
	}

}
