package io.asyncstarter.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineThreadLocalAccessor;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for deadlines that go from service to service, and for callers that leave.
 */
@Timeout(60)
class DeadlineOverHttpTests {

	private static final String NAME = DeadlineHeader.DEFAULT_NAME;

	private final DeadlineHeader header = new DeadlineHeader(NAME, Duration.ofSeconds(60));

	private final Queue<AutoCloseable> open = new ConcurrentLinkedQueue<>();

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable closeable : this.open) {
			closeable.close();
		}
	}

	@Test
	void webClientTellsWhatIsLeft() {
		AtomicReference<@Nullable String> told = new AtomicReference<>();
		WebFluxServer server = recording(told);
		WebClient client = webClient(server);

		Deadline.within(Duration.ofSeconds(10), () -> get(client));

		assertThat(Long.parseLong(String.valueOf(told.get()))).isBetween(1L, 10_000L);
	}

	@Test
	void webClientPrefersTheDeadlineOfTheContext() {
		AtomicReference<@Nullable String> told = new AtomicReference<>();
		WebFluxServer server = recording(told);

		webClient(server).get()
			.header(NAME, "77777")
			.retrieve()
			.toBodilessEntity()
			.contextWrite(
					(context) -> context.put(DeadlineThreadLocalAccessor.KEY, Deadline.after(Duration.ofSeconds(5))))
			.block();

		assertThat(Long.parseLong(String.valueOf(told.get()))).isBetween(1L, 5_000L);
	}

	@Test
	void webClientTellsEachAttemptItsOwnTime() {
		AtomicReference<@Nullable String> told = new AtomicReference<>();
		WebFluxServer server = recording(told);
		Policy policy = Policy.builder("test").deadline(Duration.ofSeconds(60)).timeout(Duration.ofSeconds(3)).build();
		WebClient client = WebClient.builder()
			.baseUrl(server.url())
			.filter(PolicyExchangeFilter.of(policy))
			.filter(new DeadlineExchangeFilter(this.header))
			.build();

		get(client);

		assertThat(Long.parseLong(String.valueOf(told.get()))).isBetween(1L, 3_000L);
	}

	@Test
	void restClientTellsWhatIsLeftToEachAttempt() {
		AtomicReference<@Nullable String> told = new AtomicReference<>();
		WebFluxServer server = recording(told);
		Policy policy = Policy.builder("test").timeout(Duration.ofSeconds(3)).build();
		RestClient client = RestClient.builder()
			.baseUrl(server.url())
			.requestInterceptor(PolicyRequestInterceptor.of(policy))
			.requestInterceptor(new DeadlineRequestInterceptor(this.header))
			.build();

		client.get().retrieve().toBodilessEntity();

		assertThat(Long.parseLong(String.valueOf(told.get()))).isBetween(1L, 3_000L);
	}

	@Test
	void withoutDeadlineNothingIsTold() {
		AtomicReference<@Nullable String> told = new AtomicReference<>("unasked");
		WebFluxServer server = recording(told);

		get(webClient(server));

		assertThat(told.get()).isNull();
	}

	@Test
	void serverIsNotAskedWhenNothingIsLeft() {
		WebFluxServer server = recording(new AtomicReference<>());
		Deadline past = Deadline.after(Duration.ZERO);
		RestClient restClient = RestClient.builder()
			.baseUrl(server.url())
			.requestInterceptor(new DeadlineRequestInterceptor(this.header))
			.build();

		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> webClient(server).get()
				.retrieve()
				.toBodilessEntity()
				.contextWrite((context) -> context.put(DeadlineThreadLocalAccessor.KEY, past))
				.block())
			.withMessageContaining("request to 127.0.0.1");
		new DeadlineThreadLocalAccessor().setValue(past);
		try {
			assertThatExceptionOfType(DeadlineExceededException.class)
				.isThrownBy(() -> restClient.get().retrieve().toBodilessEntity());
		}
		finally {
			new DeadlineThreadLocalAccessor().setValue();
		}

		assertThat(server.started).hasValue(0);
	}

	@Test
	void requestHasTheDeadlineThatItTells() {
		AtomicReference<@Nullable Deadline> seen = new AtomicReference<>();
		WebFluxServer server = serving(new WebFluxServer((exchange) -> Mono.deferContextual((context) -> {
			seen.set(context.get(DeadlineThreadLocalAccessor.KEY));
			return exchange.getResponse().setComplete();
		}), new DeadlineWebFilter(this.header)));

		get(plainClient(server).mutate().defaultHeader(NAME, "5000").build());

		assertThat(String.valueOf(seen.get())).startsWith("Deadline[PT4.");
	}

	@Test
	void requestWhoseHeaderMakesNoSenseHasNone() {
		AtomicBoolean seen = new AtomicBoolean();
		WebFluxServer server = serving(new WebFluxServer((exchange) -> Mono.deferContextual((context) -> {
			seen.set(context.hasKey(DeadlineThreadLocalAccessor.KEY));
			return exchange.getResponse().setComplete();
		}), new DeadlineWebFilter(this.header)));

		get(plainClient(server).mutate().defaultHeader(NAME, "-5").build());

		assertThat(seen).isFalse();
		assertThat(this.header.getIgnoredCount(DeadlineHeader.Ignored.NEGATIVE)).isEqualTo(1);
	}

	@Test
	void headerCannotMakeTheTimeLonger() {
		AtomicReference<@Nullable Deadline> seen = new AtomicReference<>();
		Deadline own = Deadline.after(Duration.ofSeconds(2));
		WebFluxServer server = serving(new WebFluxServer((exchange) -> Mono.deferContextual((context) -> {
			seen.set(context.get(DeadlineThreadLocalAccessor.KEY));
			return exchange.getResponse().setComplete();
		}), (exchange, chain) -> chain.filter(exchange)
			.contextWrite((context) -> context.put(DeadlineThreadLocalAccessor.KEY, own)),
				new DeadlineWebFilter(this.header)));

		get(plainClient(server).mutate().defaultHeader(NAME, "50000").build());

		assertThat(seen.get()).isSameAs(own);
	}

	@Test
	void requestWhoseTimeIsOverIsCancelledAndAnswered504() {
		WebFluxServer server = serving(
				new WebFluxServer((exchange) -> Mono.never(), new DeadlineWebFilter(this.header)));

		ResponseEntity<String> answer = get(plainClient(server).mutate().defaultHeader(NAME, "50").build());

		assertThat(answer.getStatusCode().value()).isEqualTo(504);
		assertThat(answer.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
		assertThat(answer.getBody()).contains("\"status\":504");
		assertThat(server.cancelled).hasValue(1);
	}

	@Test
	void requestWithoutTimeIsNotBegun() {
		WebFluxServer server = serving(
				new WebFluxServer((exchange) -> Mono.never(), new DeadlineWebFilter(this.header)));

		ResponseEntity<String> answer = get(plainClient(server).mutate().defaultHeader(NAME, "0").build());

		assertThat(answer.getStatusCode().value()).isEqualTo(504);
		assertThat(server.started).hasValue(0);
	}

	@Test
	void answerThatHasBegunIsBrokenOff() {
		WebFluxServer server = serving(new WebFluxServer(
				(exchange) -> exchange.getResponse()
					.writeAndFlushWith(Flux.concat(Mono.just(Mono.just(buffer("begun"))), Mono.never())),
				new DeadlineWebFilter(this.header)));

		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> get(plainClient(server).mutate().defaultHeader(NAME, "300").build()))
			.satisfies((ex) -> assertThat(ex).rootCause().hasMessageContaining("prematurely closed"));
	}

	@Test
	void calleeStopsWhenTheCallerHasGivenUp() {
		WebFluxServer callee = serving(
				new WebFluxServer((exchange) -> Mono.never(), new DeadlineWebFilter(this.header)));
		Queue<String> told = new ConcurrentLinkedQueue<>();
		WebClient toCallee = WebClient.builder()
			.baseUrl(callee.url())
			.filter(new DeadlineExchangeFilter(this.header))
			.filter((request, next) -> {
				told.add(String.valueOf(request.headers().getFirst(NAME)));
				return next.exchange(request);
			})
			.build();
		WebFluxServer caller = serving(
				new WebFluxServer(
						(exchange) -> toCallee.get()
							.retrieve()
							.toBodilessEntity()
							.then(Mono.defer(exchange.getResponse()::setComplete)),
						new DeadlineWebFilter(this.header)));

		ResponseEntity<String> answer = get(plainClient(caller).mutate().defaultHeader(NAME, "500").build());

		assertThat(answer.getStatusCode().value()).isEqualTo(504);
		assertThat(Long.parseLong(told.element())).isBetween(1L, 500L);
		Upstream.await(() -> callee.cancelled.get() == 1);
	}

	@Test
	void clientThatLeavesAbortsTheCallsBehindIt() {
		WebFluxServer callee = serving(new WebFluxServer((exchange) -> Mono.never()));
		Policy policy = Policy.builder("test").bulkhead(1, Duration.ZERO).build();
		WebClient toCallee = WebClient.builder().baseUrl(callee.url()).filter(PolicyExchangeFilter.of(policy)).build();
		WebFluxServer caller = serving(new WebFluxServer((exchange) -> toCallee.get()
			.retrieve()
			.toBodilessEntity()
			.then(Mono.defer(exchange.getResponse()::setComplete))));

		Disposable client = plainClient(caller).get().retrieve().toBodilessEntity().subscribe();
		Upstream.await(() -> callee.started.get() == 1);
		client.dispose();

		Upstream.await(() -> callee.cancelled.get() == 1);
		Upstream.await(() -> policy.getBulkhead().orElseThrow().getInFlightCount() == 0);
	}

	@Test
	void clientThatLeavesInterruptsBlockingWorkOnAnExecutor() {
		BoundedExecutor io = BoundedExecutor.builder("io").build();
		this.open.add(io);
		CountDownLatch interrupted = new CountDownLatch(1);
		CountDownLatch never = new CountDownLatch(1);
		Policy policy = Policy.builder("test")
			.environment(PolicyEnvironment.builder().executors(BoundedExecutors.of(io)).build())
			.executor("io")
			.build();
		CountDownLatch begun = new CountDownLatch(1);
		Callable<String> blocking = () -> {
			begun.countDown();
			try {
				never.await();
				return "";
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
				throw ex;
			}
		};
		WebFluxServer server = serving(
				new WebFluxServer((exchange) -> policy.mono(Mono.fromCallable(blocking)).then()));

		Disposable client = plainClient(server).get().retrieve().toBodilessEntity().subscribe();
		Upstream.await(() -> begun.getCount() == 0);
		client.dispose();

		Upstream.await(() -> interrupted.getCount() == 0);
		Upstream.await(() -> io.getStats().running() == 0);
	}

	@Test
	void rejectionIsAnsweredAsAProblem() {
		Policy policy = Policy.builder("github").circuitBreaker((breaker) -> breaker.window(10)).build();
		policy.getCircuitBreaker().orElseThrow().transitionToForcedOpenState();
		WebFluxServer server = serving(new WebFluxServer((exchange) -> policy.mono(Mono.<Void>empty())));

		ResponseEntity<String> answer = get(plainClient(server));

		assertThat(answer.getStatusCode().value()).isEqualTo(503);
		assertThat(answer.getBody()).contains("\"policy\":\"github\"");
	}

	private WebFluxServer recording(AtomicReference<@Nullable String> told) {
		return serving(new WebFluxServer((exchange) -> {
			told.set(exchange.getRequest().getHeaders().getFirst(NAME));
			return exchange.getResponse().setComplete();
		}));
	}

	private WebFluxServer serving(WebFluxServer server) {
		this.open.add(server);
		return server;
	}

	private WebClient webClient(WebFluxServer server) {
		return WebClient.builder().baseUrl(server.url()).filter(new DeadlineExchangeFilter(this.header)).build();
	}

	private static WebClient plainClient(WebFluxServer server) {
		return WebClient.builder()
			.baseUrl(server.url())
			.defaultStatusHandler((status) -> true, (response) -> Mono.empty())
			.build();
	}

	private static ResponseEntity<String> get(WebClient client) {
		ResponseEntity<String> answer = client.get().retrieve().toEntity(String.class).block();
		assertThat(answer).isNotNull();
		return answer;
	}

	private static DataBuffer buffer(String text) {
		return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

}
