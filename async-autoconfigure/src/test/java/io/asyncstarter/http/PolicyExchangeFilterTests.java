package io.asyncstarter.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.test.StepVerifier;

import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.policy.AttemptTimeoutException;
import io.asyncstarter.policy.CircuitBreakerOpenException;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyBuilder;
import io.asyncstarter.policy.PolicyEnvironment;
import io.asyncstarter.policy.PolicyEvent;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.policy.PolicyListener;
import io.asyncstarter.policy.RateLimiter;
import io.asyncstarter.policy.RateLimiters;
import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link PolicyExchangeFilter} against a server.
 */
@Timeout(60)
class PolicyExchangeFilterTests {

	private static final Duration NO_WAIT = Duration.ofMillis(1);

	private @Nullable Upstream upstream;

	@AfterEach
	void closeAtRest() {
		if (this.upstream != null) {
			this.upstream.awaitPoolAtRest();
			this.upstream.close();
		}
	}

	@Test
	void goodAnswerIsPassedOn() {
		Policy policy = policy().bulkhead(1, Duration.ZERO).build();
		Upstream upstream = answering(200, "hello");

		ResponseEntity<String> answer = get(upstream, policy);

		assertThat(answer.getBody()).isEqualTo("hello");
		assertThat(answer.getHeaders().getFirst("X-Answer")).isEqualTo("1");
		assertThat(inFlight(policy)).isZero();
		assertThat(policy.getCount(PolicyEventKind.SUCCEEDED)).isEqualTo(1);
	}

	@Test
	void failingAnswerIsGivenToTheCallerAsItWasAndCountsAsFailure() {
		Policy policy = policy().circuitBreaker((breaker) -> breaker.window(10)).build();
		Upstream upstream = answering(503, "busy");

		assertThatExceptionOfType(WebClientResponseException.ServiceUnavailable.class)
			.isThrownBy(() -> get(upstream, policy))
			.satisfies((ex) -> assertThat(ex.getResponseBodyAsString()).isEqualTo("busy"))
			.satisfies((ex) -> assertThat(ex.getRequest()).isNotNull());

		assertThat(failedCalls(policy)).isEqualTo(1);
		assertThat(policy.getCount(PolicyEventKind.FAILED)).isEqualTo(1);
	}

	@Test
	void failingAnswerReachesTheCallersOwnStatusHandler() {
		Upstream upstream = answering(503, "busy");

		String body = client(upstream, policy().build()).get()
			.retrieve()
			.onStatus(HttpStatus.SERVICE_UNAVAILABLE::equals, (response) -> Mono.empty())
			.bodyToMono(String.class)
			.block();

		assertThat(body).isEqualTo("busy");
	}

	@Test
	void otherClientErrorIsNoFailure() {
		Policy policy = policy().retry((retry) -> retry.maxAttempts(3))
			.circuitBreaker((breaker) -> breaker.window(10))
			.build();
		Upstream upstream = answering(404, "");

		assertThatExceptionOfType(WebClientResponseException.NotFound.class).isThrownBy(() -> get(upstream, policy));

		assertThat(failedCalls(policy)).isZero();
		assertThat(upstream.requests).hasValue(1);
	}

	@Test
	void failingAnswerIsRetriedAndItsConnectionReleasedBefore() {
		Policy policy = retrying(3);
		Upstream upstream = answering(503, 429, 200);

		assertThat(get(upstream, policy).getBody()).isEqualTo("answer 3");

		assertThat(upstream.requests).hasValue(3);
	}

	@Test
	void lastFailingAnswerIsGivenToTheCaller() {
		Policy policy = retrying(2);
		Upstream upstream = answering(503, 502, 200);

		assertThatExceptionOfType(WebClientResponseException.BadGateway.class).isThrownBy(() -> get(upstream, policy))
			.satisfies((ex) -> assertThat(ex.getResponseBodyAsString()).isEqualTo("answer 2"));
	}

	@Test
	void notImplementedIsNotRetried() {
		Policy policy = retrying(3);
		Upstream upstream = answering(501, 200);

		assertThatExceptionOfType(WebClientResponseException.NotImplemented.class)
			.isThrownBy(() -> get(upstream, policy));
	}

	@Test
	void retryOnIoExceptionIncludesFailingAnswersAndResets() {
		Policy policy = policy().retry((retry) -> retry.maxAttempts(3).backoff(NO_WAIT).on(IOException.class)).build();
		AtomicInteger number = new AtomicInteger();
		Upstream upstream = new Upstream((request, response) -> switch (number.incrementAndGet()) {
			case 1 -> response.status(500).send();
			case 2 ->
				Mono.<Void>fromRunnable(() -> request.withConnection((connection) -> connection.channel().close()))
					.then(Mono.never());
			default -> response.sendString(Mono.just("third"));
		});
		this.upstream = upstream;

		assertThat(get(upstream, policy).getBody()).isEqualTo("third");
	}

	@Test
	void postIsNotRetried() {
		Upstream upstream = answering(503, 200);

		assertThatExceptionOfType(WebClientResponseException.ServiceUnavailable.class).isThrownBy(
				() -> client(upstream, retrying(3)).post().bodyValue("x").retrieve().toBodilessEntity().block());

		assertThat(upstream.requests).hasValue(1);
	}

	@Test
	void postThatWasNotSentIsRetried() throws IOException {
		Queue<PolicyEventKind> events = new ConcurrentLinkedQueue<>();
		Policy policy = retrying(3);
		policy.addListener(listener(events));
		int port;
		try (ServerSocket socket = new ServerSocket(0)) {
			port = socket.getLocalPort();
		}

		assertThatExceptionOfType(WebClientRequestException.class)
			.isThrownBy(() -> WebClient.builder()
				.filter(PolicyExchangeFilter.of(policy))
				.build()
				.post()
				.uri("http://127.0.0.1:" + port)
				.bodyValue("x")
				.retrieve()
				.toBodilessEntity()
				.block())
			.withCauseInstanceOf(ConnectException.class);

		assertThat(events).filteredOn(PolicyEventKind.RETRIED::equals).hasSize(2);
	}

	@Test
	void bodyOfARequestIsSentAgain() {
		Queue<String> bodies = new ConcurrentLinkedQueue<>();
		Upstream upstream = echoing(bodies, 503, 200);
		HttpPolicyOptions options = HttpPolicyOptions.defaults().withRetryMethods(HttpMethod.POST);

		client(upstream, retrying(3), options).post()
			.contentType(MediaType.APPLICATION_JSON)
			.header("X-One", "1")
			.bodyValue("{\"a\":1}")
			.retrieve()
			.toBodilessEntity()
			.block();

		assertThat(bodies).containsExactly("application/json 7 1 {\"a\":1}", "application/json 7 1 {\"a\":1}");
	}

	@Test
	void bodyThatCanBeReadOnceIsRecordedAndSentAgain() {
		Queue<String> bodies = new ConcurrentLinkedQueue<>();
		Upstream upstream = echoing(bodies, 503, 503, 200);
		Sinks.Many<DataBuffer> once = Sinks.many().unicast().onBackpressureBuffer();
		once.tryEmitNext(buffer("one "));
		once.tryEmitNext(buffer("two"));
		once.tryEmitComplete();

		client(upstream, retrying(3)).put()
			.contentType(MediaType.TEXT_PLAIN)
			.body(BodyInserters.fromDataBuffers(once.asFlux()))
			.retrieve()
			.toBodilessEntity()
			.block();

		assertThat(bodies).hasSize(3).allSatisfy((body) -> assertThat(body).endsWith("one two"));
	}

	@Test
	void bodyThatIsTooLongToBeKeptIsNotSentAgain() {
		Queue<String> bodies = new ConcurrentLinkedQueue<>();
		Upstream upstream = echoing(bodies, 503, 200);

		assertThatExceptionOfType(WebClientResponseException.ServiceUnavailable.class)
			.isThrownBy(() -> client(upstream, retrying(3)).put()
				.bodyValue("x".repeat(HttpOutcomes.MOST_KEPT + 1))
				.retrieve()
				.toBodilessEntity()
				.block());

		assertThat(bodies).hasSize(1);
	}

	@Test
	void bodyThatIsFlushedPieceByPieceIsNotSentAgain() {
		Queue<String> bodies = new ConcurrentLinkedQueue<>();
		Upstream upstream = echoing(bodies, 503, 200);

		assertThatExceptionOfType(WebClientResponseException.ServiceUnavailable.class)
			.isThrownBy(() -> client(upstream, retrying(3)).put()
				.contentType(MediaType.APPLICATION_NDJSON)
				.body(Flux.just(Map.of("a", 1), Map.of("a", 2)), Map.class)
				.retrieve()
				.toBodilessEntity()
				.block());

		assertThat(bodies).hasSize(1);
	}

	@Test
	void retryAfterInSecondsIsWaitedFor() {
		assertThat(waitTold("7", null)).isEqualTo(Duration.ofSeconds(7));
	}

	@Test
	void retryAfterAsDateIsHeldAgainstTheServersClock() {
		ZonedDateTime answered = ZonedDateTime.of(2031, 5, 6, 7, 8, 9, 0, ZoneOffset.UTC);

		assertThat(waitTold(DateTimeFormatter.RFC_1123_DATE_TIME.format(answered.plusSeconds(11)),
				DateTimeFormatter.RFC_1123_DATE_TIME.format(answered)))
			.isEqualTo(Duration.ofSeconds(11));
	}

	@Test
	void retryAfterIsCapped() {
		assertThat(waitTold("99999999999999999999", null)).isEqualTo(Duration.ofSeconds(60));
	}

	@Test
	void retryAfterPastTheDeadlineGivesTheAnswerAtOnce() {
		ManualDeadlineTimer timer = new ManualDeadlineTimer();
		Policy policy = Policy.builder("test")
			.environment(PolicyEnvironment.builder().timer(timer).build())
			.deadline(Duration.ofSeconds(5))
			.retry((retry) -> retry.maxAttempts(3))
			.build();
		Upstream upstream = new Upstream((request, response) -> response.status(429).header("Retry-After", "6").send());
		this.upstream = upstream;

		assertThatExceptionOfType(WebClientResponseException.TooManyRequests.class)
			.isThrownBy(() -> get(upstream, policy));

		assertThat(timer.armed()).isZero();
	}

	@Test
	void serverThatHangsIsLeftAtTheTimeout() {
		Policy policy = policy().timeout(Duration.ofMillis(50)).bulkhead(1, Duration.ZERO).build();
		Upstream upstream = new Upstream((request, response) -> Mono.never());
		this.upstream = upstream;

		assertThatExceptionOfType(AttemptTimeoutException.class).isThrownBy(() -> get(upstream, policy));

		Upstream.await(() -> upstream.aborted.get() == 1);
		assertThat(inFlight(policy)).isZero();
	}

	@Test
	void slowBodyIsLeftAtTheTimeout() {
		Policy policy = policy().timeout(Duration.ofMillis(300)).bulkhead(1, Duration.ZERO).build();
		Upstream upstream = startingABody();

		assertThatThrownBy(() -> read(upstream, policy)).isInstanceOf(AttemptTimeoutException.class);

		Upstream.await(() -> upstream.aborted.get() == 1);
		assertThat(inFlight(policy)).isZero();
	}

	@Test
	void slowBodyIsLeftAtTheDeadline() {
		Policy policy = policy().deadline(Duration.ofMillis(300)).build();
		Upstream upstream = startingABody();

		assertThatThrownBy(() -> read(upstream, policy)).isInstanceOf(DeadlineExceededException.class);

		Upstream.await(() -> upstream.aborted.get() == 1);
	}

	@Test
	void slowBodyOfAFailingAnswerIsLeftAtTheTimeoutAndRetried() {
		AtomicInteger number = new AtomicInteger();
		Upstream upstream = new Upstream((request, response) -> (number.incrementAndGet() == 1)
				? response.status(503).sendString(Flux.concat(Mono.just("bu"), Mono.never()), StandardCharsets.UTF_8)
				: response.sendString(Mono.just("fine")));
		this.upstream = upstream;
		Policy policy = policy().timeout(Duration.ofMillis(100))
			.retry((retry) -> retry.maxAttempts(2).backoff(NO_WAIT))
			.build();

		assertThat(get(upstream, policy).getBody()).isEqualTo("fine");
	}

	@Test
	void resetInTheMidstOfABodyIsTheCallersAndAFailureForTheBreaker() {
		Policy policy = policy().retry((retry) -> retry.maxAttempts(3).backoff(NO_WAIT))
			.circuitBreaker((breaker) -> breaker.window(10))
			.bulkhead(1, Duration.ZERO)
			.build();
		Upstream upstream = new Upstream((request, response) -> {
			request.withConnection((connection) -> response.header("X-Started", "yes"));
			return response.sendString(Flux.concat(Mono.just("one"), Mono.defer(() -> {
				request.withConnection((connection) -> connection.channel().close());
				return Mono.never();
			})), StandardCharsets.UTF_8);
		});
		this.upstream = upstream;

		assertThatExceptionOfType(Exception.class).isThrownBy(() -> get(upstream, policy))
			.satisfies((ex) -> assertThat(ex).hasRootCauseInstanceOf(IOException.class));

		assertThat(upstream.requests).hasValue(1);
		assertThat(failedCalls(policy)).isEqualTo(1);
		assertThat(inFlight(policy)).isZero();
	}

	@Test
	void brokenBodyOfAFailingAnswerLeavesTheAnswerWhatItIs() {
		Upstream upstream = new Upstream(
				(request, response) -> response.status(503).sendString(Flux.concat(Mono.just("bu"), Mono.defer(() -> {
					request.withConnection((connection) -> connection.channel().close());
					return Mono.never();
				})), StandardCharsets.UTF_8));
		this.upstream = upstream;

		assertThatExceptionOfType(WebClientResponseException.ServiceUnavailable.class)
			.isThrownBy(() -> get(upstream, policy().build()));
	}

	@Test
	void longBodyOfAFailingAnswerEndsWithAnError() {
		Upstream upstream = answering(503, "x".repeat(HttpOutcomes.MOST_KEPT + 1));

		StepVerifier
			.create(client(upstream, policy().build()).get()
				.exchangeToFlux((response) -> response.bodyToFlux(DataBuffer.class))
				.map(DataBuffer::readableByteCount))
			.expectNext(HttpOutcomes.MOST_KEPT)
			.expectErrorMessage(HttpOutcomes.TOO_LONG)
			.verify();
	}

	@Test
	void permitIsHeldUntilTheBodyHasBeenRead() {
		Policy policy = policy().bulkhead(1, Duration.ZERO).build();
		Sinks.One<String> rest = Sinks.one();
		Upstream upstream = new Upstream((request, response) -> response
			.sendString(Flux.concat(Mono.just("one "), rest.asMono()), StandardCharsets.UTF_8));
		this.upstream = upstream;
		Sinks.One<String> result = Sinks.one();
		AtomicInteger responses = new AtomicInteger();

		Disposable call = client(upstream, policy).get().exchangeToMono((response) -> {
			responses.incrementAndGet();
			return response.bodyToMono(String.class);
		}).subscribe(result::tryEmitValue);
		Upstream.await(() -> responses.get() == 1);

		assertThat(inFlight(policy)).isEqualTo(1);

		rest.tryEmitValue("two");
		assertThat(result.asMono().block()).isEqualTo("one two");
		assertThat(inFlight(policy)).isZero();
		call.dispose();
	}

	@Test
	void callerWhoLeavesDuringTheBodyReleasesConnectionAndPermit() {
		Policy policy = policy().circuitBreaker((breaker) -> breaker.window(10)).bulkhead(1, Duration.ZERO).build();
		Upstream upstream = startingABody();

		String first = client(upstream, policy).get()
			.retrieve()
			.bodyToFlux(DataBuffer.class)
			.map((buffer) -> buffer.toString(StandardCharsets.UTF_8))
			.blockFirst();

		assertThat(first).isEqualTo("one");
		Upstream.await(() -> upstream.aborted.get() == 1);
		assertThat(inFlight(policy)).isZero();
		assertThat(failedCalls(policy)).isZero();
	}

	@Test
	void callerWhoLeavesBeforeTheAnswerReleasesConnectionAndPermit() {
		Policy policy = policy().bulkhead(1, Duration.ZERO).build();
		Upstream upstream = new Upstream((request, response) -> Mono.never());
		this.upstream = upstream;

		Disposable call = client(upstream, policy).get().retrieve().toBodilessEntity().subscribe();
		Upstream.await(() -> upstream.requests.get() == 1);
		assertThat(inFlight(policy)).isEqualTo(1);
		call.dispose();

		assertThat(inFlight(policy)).isZero();
		Upstream.await(() -> upstream.aborted.get() == 1);
	}

	@Test
	void callerWhoLeavesDuringTheBackoffStopsTheRetries() {
		ManualDeadlineTimer timer = new ManualDeadlineTimer();
		Policy policy = Policy.builder("test")
			.environment(PolicyEnvironment.builder().timer(timer).build())
			.retry((retry) -> retry.maxAttempts(3))
			.build();
		Upstream upstream = answering(503, "busy");

		Disposable call = client(upstream, policy).get().retrieve().toBodilessEntity().subscribe();
		Upstream.await(() -> timer.armed() == 1);
		upstream.awaitPoolAtRest();
		call.dispose();
		timer.advance(Duration.ofMinutes(1));

		assertThat(timer.armed()).isZero();
		assertThat(upstream.requests).hasValue(1);
	}

	@Test
	void emptyAnswerGivesThePermitBackBeforeItIsLookedAt() {
		Policy policy = policy().bulkhead(1, Duration.ZERO).build();
		Upstream upstream = answering(204, "");

		Boolean free = client(upstream, policy).get().exchangeToMono((response) -> Mono.fromCallable(() -> {
			Upstream.await(() -> inFlight(policy) == 0);
			return true;
		}).subscribeOn(Schedulers.boundedElastic())).block();

		assertThat(free).isTrue();
	}

	@Test
	void loserOfAHedgeIsCancelled() {
		AtomicInteger number = new AtomicInteger();
		Upstream upstream = new Upstream((request, response) -> (number.incrementAndGet() == 1) ? Mono.never()
				: response.sendString(Mono.just("second")));
		this.upstream = upstream;
		Policy policy = policy().hedge(Duration.ofMillis(30), 1).bulkhead(2, Duration.ZERO).build();

		assertThat(get(upstream, policy).getBody()).isEqualTo("second");

		Upstream.await(() -> upstream.aborted.get() == 1);
		Upstream.await(() -> inFlight(policy) == 0);
	}

	@Test
	void requestThatMayNotBeRepeatedIsNotHedged() {
		Upstream upstream = new Upstream((request, response) -> request.receive()
			.then(Mono.delay(Duration.ofMillis(60)))
			.then(Mono.from(response.sendString(Mono.just("first")))));
		this.upstream = upstream;
		Policy policy = policy().hedge(Duration.ofMillis(5), 2).build();

		client(upstream, policy).post().bodyValue("x").retrieve().toBodilessEntity().block();

		assertThat(upstream.requests).hasValue(1);
	}

	@Test
	void openBreakerAnswersInPlaceOfTheServer() {
		Policy policy = policy().circuitBreaker((breaker) -> breaker.window(2).minCalls(2)).build();
		Upstream upstream = answering(500, "");
		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(WebClientResponseException.class).isThrownBy(() -> get(upstream, policy));
		}

		assertThatExceptionOfType(CircuitBreakerOpenException.class).isThrownBy(() -> get(upstream, policy));

		assertThat(upstream.requests).hasValue(2);
	}

	@Test
	void eachHostHasTokensOfItsOwn() {
		RateLimiter limiter = RateLimiter.builder("limiter")
			.permits(1)
			.per(Duration.ofHours(1))
			.maxWait(Duration.ZERO)
			.build();
		Policy policy = Policy.builder("test")
			.environment(PolicyEnvironment.builder().rateLimiters(RateLimiters.of(limiter)).build())
			.rateLimiter("limiter")
			.build();
		Upstream upstream = answering(200, "hello");
		WebClient client = client(upstream, policy, HttpPolicyOptions.defaults().withKey(HttpKey.HOST));

		for (String host : List.of("127.0.0.1", "LOCALHOST")) {
			assertThat(client.get()
				.uri("http://" + host + ":" + upstream.port())
				.retrieve()
				.bodyToMono(String.class)
				.block()).isEqualTo("hello");
		}

		assertThat(limiter.getKeyCount()).isEqualTo(2);
		assertThat(limiter.getAvailableTokens("localhost")).contains(0L);
		assertThat(limiter.getAvailableTokens()).isEqualTo(1);
	}

	@Test
	void fallbackOfThePolicyIsNotTakenForAResponse() {
		Upstream upstream = answering(503, "busy");
		Policy policy = policy().fallback((failure) -> "no response").build();

		assertThatExceptionOfType(WebClientResponseException.ServiceUnavailable.class)
			.isThrownBy(() -> get(upstream, policy));
	}

	private Duration waitTold(String retryAfter, @Nullable String date) {
		ManualDeadlineTimer timer = new ManualDeadlineTimer();
		Queue<Duration> waits = new ConcurrentLinkedQueue<>();
		Policy policy = Policy.builder("test")
			.environment(PolicyEnvironment.builder().timer(timer).build())
			.retry((retry) -> retry.maxAttempts(2))
			.build();
		policy.addListener((event) -> waits.add(event.waited()));
		AtomicInteger number = new AtomicInteger();
		Upstream upstream = new Upstream((request, response) -> {
			if (number.incrementAndGet() > 1) {
				return response.sendString(Mono.just("fine"));
			}
			response.status(429).header("Retry-After", retryAfter);
			if (date != null) {
				response.header("Date", date);
			}
			return response.send();
		});
		this.upstream = upstream;
		Sinks.One<String> result = Sinks.one();

		Disposable call = client(upstream, policy).get()
			.retrieve()
			.bodyToMono(String.class)
			.subscribe(result::tryEmitValue);
		Upstream.await(() -> timer.armed() == 1);
		timer.advance(Duration.ofMinutes(2));
		assertThat(result.asMono().block()).isEqualTo("fine");
		call.dispose();

		return waits.element();
	}

	private Upstream answering(int status, String body) {
		return serving((request, response) -> response.status(status)
			.header("X-Answer", "1")
			.sendString(Mono.just(body), StandardCharsets.UTF_8));
	}

	private Upstream answering(int... statuses) {
		AtomicInteger number = new AtomicInteger();
		return serving((request, response) -> {
			int answer = number.getAndIncrement();
			return response.status(statuses[answer]).sendString(Mono.just("answer " + (answer + 1)));
		});
	}

	private Upstream echoing(Queue<String> bodies, int... statuses) {
		return serving(
				(request, response) -> request.receive().aggregate().asString().defaultIfEmpty("").flatMap((body) -> {
					bodies.add(String.join(" ", String.valueOf(request.requestHeaders().get("Content-Type")),
							String.valueOf(request.requestHeaders().get("Content-Length")),
							String.valueOf(request.requestHeaders().get("X-One")), body));
					return response.status(statuses[bodies.size() - 1]).send().then();
				}));
	}

	/**
	 * A server that begins a body and never ends it.
	 */
	private Upstream startingABody() {
		return serving((request, response) -> response.send(
				Flux.concat(Mono.just(Unpooled.copiedBuffer("one", StandardCharsets.UTF_8)), Mono.never()),
				(buffer) -> true));
	}

	private Upstream serving(BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> handler) {
		Upstream upstream = new Upstream(handler);
		this.upstream = upstream;
		return upstream;
	}

	private static DataBuffer buffer(String text) {
		return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	private static PolicyBuilder policy() {
		return Policy.builder("test");
	}

	private static Policy retrying(int maxAttempts) {
		return policy().retry((retry) -> retry.maxAttempts(maxAttempts).backoff(NO_WAIT)).build();
	}

	private static WebClient client(Upstream upstream, Policy policy) {
		return upstream.webClient().filter(PolicyExchangeFilter.of(policy)).build();
	}

	private static WebClient client(Upstream upstream, Policy policy, HttpPolicyOptions options) {
		return upstream.webClient().filter(PolicyExchangeFilter.of(policy, options)).build();
	}

	private static ResponseEntity<String> get(Upstream upstream, Policy policy) {
		ResponseEntity<String> entity = client(upstream, policy).get().retrieve().toEntity(String.class).block();
		assertThat(entity).isNotNull();
		return entity;
	}

	/**
	 * Reads a body the way that does not wrap what goes wrong with it.
	 */
	private static void read(Upstream upstream, Policy policy) {
		client(upstream, policy).get().exchangeToMono((response) -> response.bodyToMono(String.class)).block();
	}

	private static int inFlight(Policy policy) {
		return policy.getBulkhead().orElseThrow().getInFlightCount();
	}

	private static int failedCalls(Policy policy) {
		CircuitBreaker breaker = policy.getCircuitBreaker().orElseThrow();
		return breaker.getMetrics().getNumberOfFailedCalls();
	}

	private static PolicyListener listener(Queue<PolicyEventKind> events) {
		return (PolicyEvent event) -> events.add(event.kind());
	}

}
