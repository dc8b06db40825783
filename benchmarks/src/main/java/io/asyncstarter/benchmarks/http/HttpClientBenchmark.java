package io.asyncstarter.benchmarks.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import io.asyncstarter.benchmarks.measure.CpuTime;
import io.asyncstarter.http.PolicyExchangeFilter;
import io.asyncstarter.http.PolicyRequestInterceptor;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEnvironment;
import io.asyncstarter.policy.RateLimiter;
import io.asyncstarter.policy.RateLimiters;

/**
 * Requests to a server of this machine, 50 in flight, by clients as they are and by
 * clients under a policy of five strategies.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class HttpClientBenchmark {

	private static final int IN_FLIGHT = 50;

	private static final int REQUESTS = 1000;

	@Param
	private Client client = Client.BARE;

	@SuppressWarnings("NullAway.Init") // JMH calls open() first
	private HttpUpstream upstream;

	@SuppressWarnings("NullAway.Init") // JMH calls open() first
	private ConnectionProvider pool;

	@SuppressWarnings("NullAway.Init") // JMH calls open() first
	private ExecutorService threads;

	@SuppressWarnings("NullAway.Init") // JMH calls open() first
	private WebClient webClient;

	@SuppressWarnings("NullAway.Init") // JMH calls open() first
	private RestClient restClient;

	/**
	 * Starts the server and makes the clients.
	 */
	@Setup
	public void open() {
		this.upstream = HttpUpstream.start();
		this.pool = ConnectionProvider.create("benchmark", IN_FLIGHT);
		this.threads = Executors.newVirtualThreadPerTaskExecutor();
		WebClient.Builder web = WebClient.builder()
			.baseUrl(this.upstream.url())
			.clientConnector(new ReactorClientHttpConnector(HttpClient.create(this.pool)));
		RestClient.Builder rest = RestClient.builder()
			.baseUrl(this.upstream.url())
			.requestFactory(new JdkClientHttpRequestFactory());
		if (this.client == Client.INTERCEPTED) {
			web.filter((request, next) -> next.exchange(request));
			rest.requestInterceptor((request, body, execution) -> execution.execute(request, body));
		}
		if (this.client == Client.POLICY) {
			web.filter(PolicyExchangeFilter.of(policy()));
			rest.requestInterceptor(PolicyRequestInterceptor.of(policy()));
		}
		this.webClient = web.build();
		this.restClient = rest.build();
	}

	private static Policy policy() {
		RateLimiter limiter = RateLimiter.builder("limiter").permits(1_000_000).per(Duration.ofSeconds(1)).build();
		return Policy.builder("benchmark")
			.environment(PolicyEnvironment.builder().rateLimiters(RateLimiters.of(limiter)).build())
			.timeout(Duration.ofSeconds(10))
			.retry((retry) -> retry.maxAttempts(3))
			.circuitBreaker((breaker) -> breaker.window(100))
			.rateLimiter("limiter")
			.bulkhead(IN_FLIGHT, Duration.ofSeconds(10))
			.build();
	}

	/**
	 * Stops the server.
	 */
	@TearDown
	public void close() {
		this.threads.close();
		this.pool.dispose();
		this.upstream.close();
	}

	/**
	 * Requests of a {@code WebClient}.
	 * @param cpu is told how many there were
	 * @return the answers
	 */
	@Benchmark
	@OperationsPerInvocation(REQUESTS)
	public List<String> webClient(CpuTime cpu) {
		List<String> answers = Flux.range(0, REQUESTS)
			.flatMap((number) -> this.webClient.get().retrieve().bodyToMono(String.class), IN_FLIGHT)
			.collectList()
			.block();
		cpu.add(REQUESTS);
		return (answers != null) ? answers : List.of();
	}

	/**
	 * Requests of a {@code RestClient} on virtual threads.
	 * @param cpu is told how many there were
	 * @return how many characters there were
	 * @throws Exception if a request fails
	 */
	@Benchmark
	@OperationsPerInvocation(REQUESTS)
	public int restClient(CpuTime cpu) throws Exception {
		Callable<Integer> requests = () -> {
			int length = 0;
			for (int i = 0; i < REQUESTS / IN_FLIGHT; i++) {
				length += String.valueOf(this.restClient.get().retrieve().body(String.class)).length();
			}
			return length;
		};
		List<Callable<Integer>> all = new ArrayList<>();
		for (int i = 0; i < IN_FLIGHT; i++) {
			all.add(requests);
		}
		int length = 0;
		for (Future<Integer> future : this.threads.invokeAll(all)) {
			length += future.get();
		}
		cpu.add(REQUESTS);
		return length;
	}

	/**
	 * What is done to the clients.
	 */
	public enum Client {

		/**
		 * Nothing.
		 */
		BARE,

		/**
		 * They have a filter, and an interceptor, that does nothing.
		 */
		INTERCEPTED,

		/**
		 * They are under a policy: timeout, retry, circuit breaker, rate limiter,
		 * bulkhead.
		 */
		POLICY

	}

}
