package io.asyncstarter.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyBuilder;
import io.asyncstarter.policy.PolicyEnvironment;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.policy.RateLimiter;
import io.asyncstarter.policy.RateLimiters;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server that allows so many requests a second, answers others by 429 and
 * {@code Retry-After}, and fails one in ten: all is read, and the caller sees no error.
 */
@Timeout(120)
class FlakyUpstreamTests {

	private static final int ITEMS = 200;

	private static final int ALLOWED_PER_SECOND = 100;

	private final AtomicInteger limited = new AtomicInteger();

	private final AtomicInteger failed = new AtomicInteger();

	private final AtomicInteger number = new AtomicInteger();

	private BooleanSupplier limit = this::inSecond;

	private long window;

	private int inWindow;

	private final Upstream upstream = new Upstream(this::answer);

	@AfterEach
	void close() {
		this.upstream.awaitPoolAtRest();
		this.upstream.close();
	}

	@Test
	void webClientReadsAllWithinTheLimitAndSeesNoError() {
		Policy policy = policy().rateLimiter("upstream").build();
		WebClient client = this.upstream.webClient().filter(PolicyExchangeFilter.of(policy)).build();

		List<String> items = Flux.range(0, ITEMS)
			.flatMapSequential((item) -> client.get().uri("/{item}", item).retrieve().bodyToMono(String.class), 20)
			.collectList()
			.block();

		assertThat(items).isEqualTo(IntStream.range(0, ITEMS).mapToObj((item) -> "item /" + item).toList());
		assertThat(this.failed).hasPositiveValue();
		assertThat(policy.getCount(PolicyEventKind.SUCCEEDED)).isEqualTo(ITEMS);
		assertThat(policy.getCount(PolicyEventKind.RETRIED)).isEqualTo(this.failed.get() + this.limited.get());
		assertThat(policy.getBulkhead().orElseThrow().getInFlightCount()).isZero();
	}

	@Test
	void restClientReadsAllThroughAStormOf429() throws Exception {
		this.limit = this::inBatch;
		Policy policy = policy().build();
		RestClient client = this.upstream.restClient(this.upstream.pooled())
			.requestInterceptor(PolicyRequestInterceptor.of(policy))
			.build();
		List<Callable<String>> calls = IntStream.range(0, ITEMS)
			.mapToObj((item) -> (Callable<String>) () -> String
				.valueOf(client.get().uri("/{item}", item).retrieve().body(String.class)))
			.toList();

		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<String> items = results(threads.invokeAll(calls));

			assertThat(items).isEqualTo(IntStream.range(0, ITEMS).mapToObj((item) -> "item /" + item).toList());
		}
		assertThat(this.limited).as("requests answered by 429").hasPositiveValue();
		assertThat(policy.getBulkhead().orElseThrow().getInFlightCount()).isZero();
	}

	@Test
	void callersWhoLeaveLeaveNothingBehind() {
		Policy policy = policy().build();
		WebClient client = this.upstream.webClient().filter(PolicyExchangeFilter.of(policy)).build();

		long read = Flux.range(0, ITEMS)
			.flatMap((item) -> client.get().uri("/{item}", item).retrieve().bodyToMono(String.class), 50)
			.take(20)
			.count()
			.blockOptional()
			.orElseThrow();

		assertThat(read).isEqualTo(20);
		this.upstream.awaitPoolAtRest();
		Upstream.await(() -> policy.getBulkhead().orElseThrow().getInFlightCount() == 0);
	}

	private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
		if (!this.limit.getAsBoolean()) {
			this.limited.incrementAndGet();
			return response.status(429).header("Retry-After", "1").sendString(Mono.just("slow down"));
		}
		return switch (this.number.incrementAndGet() % 30) {
			case 7 -> failing(response.status(500).sendString(Mono.just("sorry")));
			case 17 -> failing(response.status(503).send());
			case 27 -> failing(
					Mono.<Void>fromRunnable(() -> request.withConnection((connection) -> connection.channel().close()))
						.then(Mono.never()));
			default -> response.sendString(Mono.just("item " + request.uri()), StandardCharsets.UTF_8);
		};
	}

	/**
	 * Lets so many requests through in each second of the clock.
	 */
	private synchronized boolean inSecond() {
		long second = System.nanoTime() / 1_000_000_000;
		if (this.window != second) {
			this.window = second;
			this.inWindow = 0;
		}
		return ++this.inWindow <= ALLOWED_PER_SECOND;
	}

	/**
	 * Lets so many requests through and then none for a second, however fast they come.
	 */
	private synchronized boolean inBatch() {
		long now = System.nanoTime();
		if (this.inWindow < ALLOWED_PER_SECOND / 2) {
			this.inWindow++;
			this.window = now;
			return true;
		}
		if (now - this.window > 1_000_000_000) {
			this.inWindow = 0;
		}
		return false;
	}

	private static List<String> results(List<Future<String>> calls) throws Exception {
		List<String> results = new ArrayList<>();
		for (Future<String> call : calls) {
			results.add(call.get());
		}
		return results;
	}

	private Publisher<Void> failing(Publisher<Void> answer) {
		this.failed.incrementAndGet();
		return answer;
	}

	/**
	 * The window of the breaker is wide enough to hold a success among the 429s of a
	 * storm: answers in a row that are failures, in whatever order they arrive, are what
	 * it is there to open for.
	 */
	private static PolicyBuilder policy() {
		RateLimiter limiter = RateLimiter.builder("upstream")
			.permits(ALLOWED_PER_SECOND - 20)
			.per(Duration.ofSeconds(1))
			.burst(10)
			.maxWait(Duration.ofSeconds(30))
			.build();
		return Policy.builder("upstream")
			.environment(PolicyEnvironment.builder().rateLimiters(RateLimiters.of(limiter)).build())
			.deadline(Duration.ofSeconds(60))
			.timeout(Duration.ofSeconds(10))
			.retry((retry) -> retry.maxAttempts(20).backoff(Duration.ofMillis(10)))
			.circuitBreaker((breaker) -> breaker.failureRate(100).window(5 * ITEMS).minCalls(5 * ITEMS))
			.bulkhead(ITEMS, Duration.ofSeconds(30));
	}

}
