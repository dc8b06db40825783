package io.asyncstarter.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.AttemptTimeoutException;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyBuilder;
import io.asyncstarter.policy.PolicyEnvironment;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link PolicyRequestInterceptor} against a server, with the HTTP clients that
 * Spring has.
 */
@Timeout(60)
class PolicyRequestInterceptorTests {

	private static final Duration NO_WAIT = Duration.ofMillis(1);

	private @Nullable Upstream upstream;

	@AfterEach
	void closeAtRest() {
		if (this.upstream != null) {
			this.upstream.awaitPoolAtRest();
			this.upstream.close();
		}
	}

	@ParameterizedTest
	@EnumSource
	void goodAnswerIsPassedOn(Client client) {
		Policy policy = policy().bulkhead(1, Duration.ZERO).circuitBreaker((breaker) -> breaker.window(10)).build();
		Upstream upstream = answering(200);

		assertThat(get(client, upstream, policy)).isEqualTo("answer 1");

		assertThat(inFlight(policy)).isZero();
		assertThat(breakerCalls(policy)).isEqualTo(1);
		assertThat(policy.getCount(PolicyEventKind.SUCCEEDED)).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void lastFailingAnswerIsGivenToTheCallerAsItWas(Client client) {
		Policy policy = policy().retry((retry) -> retry.maxAttempts(2).backoff(NO_WAIT))
			.circuitBreaker((breaker) -> breaker.window(10))
			.bulkhead(1, Duration.ZERO)
			.build();
		Upstream upstream = answering(503, 502, 200);

		assertThatExceptionOfType(HttpServerErrorException.BadGateway.class)
			.isThrownBy(() -> get(client, upstream, policy))
			.satisfies((ex) -> assertThat(ex.getResponseBodyAsString()).isEqualTo("answer 2"));

		assertThat(policy.getCircuitBreaker().orElseThrow().getMetrics().getNumberOfFailedCalls()).isEqualTo(2);
		assertThat(inFlight(policy)).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void failingAnswerIsRetriedWithTheSameBodyAndHeaders(Client client) {
		Queue<String> requests = new ConcurrentLinkedQueue<>();
		Upstream upstream = serving((request, response) -> request.receive().aggregate().asString().flatMap((body) -> {
			requests.add(request.requestHeaders().getAll("X-Added") + " " + body);
			return response.status((requests.size() == 1) ? 503 : 200).sendString(Mono.just("fine")).then();
		}));
		RestClient restClient = upstream.restClient(client.factory(upstream))
			.requestInterceptor(PolicyRequestInterceptor.of(retrying(2)))
			.requestInterceptor((request, body, execution) -> {
				request.getHeaders().add("X-Added", "1");
				return execution.execute(request, body);
			})
			.build();

		assertThat(restClient.put().body("hello").retrieve().body(String.class)).isEqualTo("fine");

		assertThat(requests).containsExactly("[1] hello", "[1] hello");
	}

	@Test
	void postIsNotRetriedUnlessToldOtherwise() {
		Upstream upstream = answering(503, 503, 200);
		HttpPolicyOptions withPost = HttpPolicyOptions.defaults().withRetryMethods(HttpMethod.POST);

		assertThatExceptionOfType(HttpServerErrorException.class)
			.isThrownBy(() -> upstream.restClient(upstream.pooled())
				.requestInterceptor(PolicyRequestInterceptor.of(retrying(2)))
				.build()
				.post()
				.body("x")
				.retrieve()
				.toBodilessEntity());
		assertThat(upstream.requests).hasValue(1);

		upstream.restClient(upstream.pooled())
			.requestInterceptor(PolicyRequestInterceptor.of(retrying(2), withPost))
			.build()
			.post()
			.body("x")
			.retrieve()
			.toBodilessEntity();
		assertThat(upstream.requests).hasValue(3);
	}

	@ParameterizedTest
	@EnumSource
	void postThatWasNotSentIsRetried(Client client) throws IOException {
		Policy policy = retrying(3);
		int port;
		try (ServerSocket socket = new ServerSocket(0)) {
			port = socket.getLocalPort();
		}
		Upstream upstream = answering(200);

		assertThatExceptionOfType(ResourceAccessException.class)
			.isThrownBy(() -> client(client, upstream, policy).post()
				.uri("http://127.0.0.1:" + port)
				.body("x")
				.retrieve()
				.toBodilessEntity())
			.withCauseInstanceOf(ConnectException.class);

		assertThat(policy.getCount(PolicyEventKind.RETRIED)).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "REACTOR" })
	void serverThatHangsIsLeftAtTheTimeout(Client client) {
		Policy policy = policy().timeout(Duration.ofMillis(100)).bulkhead(1, Duration.ZERO).build();
		Upstream upstream = serving((request, response) -> Mono.never());

		assertThatExceptionOfType(AttemptTimeoutException.class).isThrownBy(() -> get(client, upstream, policy));

		assertThat(Thread.interrupted()).isFalse();
		assertThat(inFlight(policy)).isZero();
		Upstream.await(() -> upstream.aborted.get() == 1);
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "REACTOR" })
	void slowBodyIsLeftAtTheTimeout(Client client) {
		Policy policy = policy().timeout(Duration.ofMillis(300))
			.circuitBreaker((breaker) -> breaker.window(10))
			.bulkhead(1, Duration.ZERO)
			.build();
		Upstream upstream = startingABody(200);

		assertThatExceptionOfType(AttemptTimeoutException.class).isThrownBy(() -> get(client, upstream, policy));

		assertThat(Thread.interrupted()).isFalse();
		assertThat(inFlight(policy)).isZero();
		assertThat(breakerCalls(policy)).isEqualTo(1);
		Upstream.await(() -> upstream.aborted.get() == 1);
	}

	@Test
	void slowBodyIsLeftAtTheDeadlineOfThePolicyOrOfTheCaller() {
		Upstream upstream = startingABody(200);
		Policy bounded = policy().deadline(Duration.ofMillis(300)).build();
		Policy open = policy().build();

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> get(Client.JDK, upstream, bounded))
			.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("test"));
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> Deadline.within("caller", Duration.ofMillis(300), () -> get(Client.JDK, upstream, open)))
			.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("caller"));

		assertThat(Thread.interrupted()).isFalse();
		Upstream.await(() -> upstream.aborted.get() == 2);
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "REACTOR" })
	void slowBodyOfAFailingAnswerIsLeftAtTheTimeoutAndRetried(Client client) {
		AtomicInteger number = new AtomicInteger();
		Upstream upstream = serving((request, response) -> (number.incrementAndGet() == 1)
				? response.status(503).send(Flux.concat(Mono.just(buffer("bu")), Mono.never()), (buffer) -> true)
				: response.sendString(Mono.just("fine")));
		Policy policy = policy().timeout(Duration.ofMillis(300))
			.retry((retry) -> retry.maxAttempts(2).backoff(NO_WAIT))
			.build();

		assertThat(get(client, upstream, policy)).isEqualTo("fine");
	}

	@ParameterizedTest
	@EnumSource
	void resetInTheMidstOfABodyIsTheCallersAndAFailureForTheBreaker(Client client) {
		Policy policy = policy().retry((retry) -> retry.maxAttempts(3).backoff(NO_WAIT))
			.circuitBreaker((breaker) -> breaker.window(10))
			.bulkhead(1, Duration.ZERO)
			.build();
		Upstream upstream = serving(
				(request, response) -> response.send(Flux.concat(Mono.just(buffer("one")), Mono.defer(() -> {
					request.withConnection((connection) -> connection.channel().close());
					return Mono.never();
				})), (buffer) -> true));

		assertThatThrownBy(() -> get(client, upstream, policy)).hasRootCauseInstanceOf(IOException.class);

		assertThat(upstream.requests).hasValue(1);
		assertThat(policy.getCircuitBreaker().orElseThrow().getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
		assertThat(inFlight(policy)).isZero();
	}

	@Test
	void permitIsHeldUntilTheResponseIsClosed() throws IOException {
		Policy policy = policy().bulkhead(1, Duration.ZERO).build();
		Upstream upstream = startingABody(200);

		InputStream body = client(Client.JDK, upstream, policy).get()
			.exchangeForRequiredValue((request, response) -> response.getBody(), false);

		assertThat(new String(body.readNBytes(3), StandardCharsets.UTF_8)).isEqualTo("one");
		assertThat(inFlight(policy)).isEqualTo(1);

		Thread.currentThread().interrupt(); // lets the client not wait for the rest
		body.close();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(inFlight(policy)).isZero();
	}

	@Test
	void bodyThatWasReadGivesThePermitBack() throws IOException {
		Policy policy = policy().bulkhead(1, Duration.ZERO).build();
		Upstream upstream = answering(200);

		InputStream body = client(Client.JDK, upstream, policy).get()
			.exchangeForRequiredValue((request, response) -> response.getBody(), false);

		assertThat(inFlight(policy)).isEqualTo(1);
		assertThat(body.readAllBytes()).hasSize(8);
		assertThat(inFlight(policy)).isZero();
		body.close();
	}

	@Test
	void loserOfAHedgeIsClosed() {
		AtomicInteger number = new AtomicInteger();
		Upstream upstream = serving((request, response) -> (number.incrementAndGet() == 1) ? Mono.never()
				: response.sendString(Mono.just("second")));
		Policy policy = policy().hedge(Duration.ofMillis(30), 1).bulkhead(2, Duration.ZERO).build();

		assertThat(get(Client.REACTOR, upstream, policy)).isEqualTo("second");

		Upstream.await(() -> upstream.aborted.get() == 1);
		assertThat(inFlight(policy)).isZero();
	}

	@Test
	void allButOneOfManyWinnersAreClosed() {
		CountDownLatch both = new CountDownLatch(2);
		Upstream upstream = serving((request, response) -> Mono.fromRunnable(both::countDown)
			.then(Mono.fromCallable(() -> both.await(5, TimeUnit.SECONDS)).subscribeOn(Schedulers.boundedElastic()))
			.then(Mono.from(response.sendString(Mono.just("fine")))));
		Policy policy = policy().hedge(Duration.ofMillis(5), 1).bulkhead(2, Duration.ZERO).build();

		assertThat(get(Client.REACTOR, upstream, policy)).isEqualTo("fine");

		assertThat(inFlight(policy)).isZero();
	}

	@Test
	void movedCallThatComesTooLateIsClosed() {
		ManualDeadlineTimer timer = new ManualDeadlineTimer();
		BoundedExecutor executor = BoundedExecutor.builder("io").build();
		AtomicBoolean closed = new AtomicBoolean();
		CountDownLatch arrived = new CountDownLatch(1);
		CountDownLatch left = new CountDownLatch(1);
		Upstream upstream = answering(200);
		Policy policy = Policy.builder("test")
			.environment(PolicyEnvironment.builder().timer(timer).executors(BoundedExecutors.of(executor)).build())
			.executor("io")
			.timeout(Duration.ofSeconds(1))
			.bulkhead(1, Duration.ZERO)
			.build();
		RestClient client = upstream.restClient(upstream.pooled())
			.requestInterceptor(PolicyRequestInterceptor.of(policy))
			.requestInterceptor((request, body, execution) -> {
				ClientHttpResponse response = execution.execute(request, body);
				arrived.countDown();
				awaitUninterruptibly(left);
				return new ClosingResponse(response, () -> closed.set(true));
			})
			.build();
		FutureTask<Object> call = new FutureTask<>(() -> client.get().retrieve().toBodilessEntity());
		Thread.ofVirtual().start(call);
		awaitUninterruptibly(arrived);
		timer.advance(Duration.ofSeconds(1));

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(call::get)
			.withCauseInstanceOf(AttemptTimeoutException.class);
		assertThat(inFlight(policy)).isZero();
		assertThat(closed).isFalse();
		left.countDown();

		Upstream.await(closed::get);
		executor.shutdownNow();
	}

	@Test
	void movedCallIsReadByTheCaller() {
		BoundedExecutor executor = BoundedExecutor.builder("io").build();
		Upstream upstream = answering(200);
		Policy policy = Policy.builder("test")
			.environment(PolicyEnvironment.builder().executors(BoundedExecutors.of(executor)).build())
			.executor("io")
			.timeout(Duration.ofSeconds(5))
			.bulkhead(1, Duration.ZERO)
			.build();

		assertThat(get(Client.JDK, upstream, policy)).isEqualTo("answer 1");

		assertThat(inFlight(policy)).isZero();
		executor.shutdownNow();
	}

	@Test
	void interruptEndsTheCallAndStaysVisible() throws Exception {
		Policy policy = policy()
			.retry((retry) -> retry.maxAttempts(2).backoff(Duration.ofMinutes(1)).maxBackoff(Duration.ofMinutes(1)))
			.build();
		Upstream upstream = answering(503, 200);
		AtomicBoolean interrupted = new AtomicBoolean();
		FutureTask<Throwable> call = new FutureTask<>(() -> {
			try {
				get(Client.JDK, upstream, policy);
				return new AssertionError("not interrupted");
			}
			catch (ResourceAccessException ex) {
				interrupted.set(Thread.interrupted());
				return ex.getMostSpecificCause();
			}
		});
		Thread thread = Thread.ofVirtual().start(call);
		Upstream.await(() -> policy.getCount(PolicyEventKind.RETRIED) == 1);
		thread.interrupt();

		assertThat(call.get()).isInstanceOf(InterruptedException.class)
			.satisfies((failure) -> assertThat(failure.getSuppressed()).hasSize(1));
		assertThat(interrupted).isTrue();
	}

	private Upstream answering(int... statuses) {
		AtomicInteger number = new AtomicInteger();
		return serving((request, response) -> {
			int answer = number.getAndIncrement();
			return request.receive()
				.then(response.status(statuses[answer]).sendString(Mono.just("answer " + (answer + 1))).then());
		});
	}

	private Upstream startingABody(int status) {
		return serving((request, response) -> response.status(status)
			.send(Flux.concat(Mono.just(buffer("one")), Mono.never()), (buffer) -> true));
	}

	private static ByteBuf buffer(String text) {
		return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
	}

	private Upstream serving(BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> handler) {
		Upstream upstream = new Upstream(handler);
		this.upstream = upstream;
		return upstream;
	}

	private static PolicyBuilder policy() {
		return Policy.builder("test");
	}

	private static Policy retrying(int maxAttempts) {
		return policy().retry((retry) -> retry.maxAttempts(maxAttempts).backoff(NO_WAIT)).build();
	}

	private static RestClient client(Client client, Upstream upstream, Policy policy) {
		return upstream.restClient(client.factory(upstream))
			.requestInterceptor(PolicyRequestInterceptor.of(policy))
			.build();
	}

	private static @Nullable String get(Client client, Upstream upstream, Policy policy) {
		return client(client, upstream, policy).get().retrieve().body(String.class);
	}

	private static int inFlight(Policy policy) {
		return policy.getBulkhead().orElseThrow().getInFlightCount();
	}

	private static int breakerCalls(Policy policy) {
		return policy.getCircuitBreaker().orElseThrow().getMetrics().getNumberOfBufferedCalls();
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		while (true) {
			try {
				latch.await();
				return;
			}
			catch (InterruptedException ex) {
				// work that does not listen
			}
		}
	}

	/**
	 * The HTTP clients that are on the class path.
	 */
	enum Client {

		JDK {
			@Override
			ClientHttpRequestFactory factory(Upstream upstream) {
				return new JdkClientHttpRequestFactory();
			}
		},

		SIMPLE {
			@Override
			ClientHttpRequestFactory factory(Upstream upstream) {
				return new SimpleClientHttpRequestFactory();
			}
		},

		REACTOR {
			@Override
			ClientHttpRequestFactory factory(Upstream upstream) {
				return upstream.pooled();
			}
		};

		abstract ClientHttpRequestFactory factory(Upstream upstream);

	}

}
