package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;
import org.springframework.web.service.registry.ImportHttpServices;
import org.springframework.web.util.UriBuilderFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.service.RunService;
import io.asyncstarter.sample.service.RunServices;
import io.asyncstarter.sample.store.FlakyStore;
import io.asyncstarter.sample.upstream.Item;

/**
 * A client of an API that limits its callers and fails at times.
 */
@Component
class D6FlakyUpstream implements Pattern {

	private static final String WHOLE = "store";

	private static final String UNPACED = "store-unpaced";

	private static final String BARE = "store-bare";

	private final HttpServiceProxyRegistry clients;

	private final RunServices services;

	D6FlakyUpstream(HttpServiceProxyRegistry clients, RunServices services) {
		this.clients = clients;
		this.services = services;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("D6", "A limiting, flaky API read completely")
			.summary("""
					The upstream allows 50 requests a second, answers 429 with Retry-After beyond that, and fails one \
					in ten: by 500, by 503, by a connection that breaks. Everything is read, in order, and the caller \
					sees no error. All there is to it is a policy, which one line of YAML puts on the client.""")
			.useWhen("""
					You call an API with a quota. The limiter keeps to the quota, Retry-After settles what it \
					misjudges, retries settle the failures, and the deadline bounds it all. Look at 'store-unpaced': \
					without the limiter every caller is sent away again and again.""")
			.yaml("async.http.groups.store")
			.yaml("async.http.groups.store-unpaced")
			.yaml("async.policies.store")
			.yaml("async.policies.store-unpaced")
			.yaml("async.rate-limiters.store")
			.docs("http")
			.asyncio("a RateLimitConfig client", """
					async def get(item):
					    for attempt in range(max_attempts):
					        async with limiter, permits:
					            async with session.get(url(item)) as answer:
					                if answer.status == 200:
					                    return await answer.json()
					                wait = answer.headers.get("Retry-After")
					        await asyncio.sleep(float(wait or backoff(attempt)))
					    raise GaveUp(item)
					""")
			.parameter(Parameter.number("items", 400, 10, 2000, "Items to read"))
			.parameter(Parameter.choice("client",
					"The group of HTTP services: with the whole policy, without its rate limiter, without any policy",
					WHOLE, UNPACED, BARE))
			.parameter(Parameter.number("inFlight", 20, 1, 40, "Items that are asked for at a time"))
			.parameter(Parameter.number("allowed", 50, 20, 200, "Requests that the upstream allows in each second"))
			.parameter(Parameter.number("failures", 10, 0, 40, "How many of a hundred of these it fails"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		StoreClient client = this.clients.getClient(run.choice("client"), StoreClient.class);
		Map<String, AtomicInteger> errors = new ConcurrentHashMap<>();
		long start = System.nanoTime();
		try (Readers readers = new Readers(run);
				FlakyStore upstream = new FlakyStore(run, readers::of);
				RunService service = this.services.open(run.id(), upstream::answer)) {

			List<Item> items = Flux.range(1, run.number("items"))
				.flatMapSequential((id) -> readers.track(id, client.item(service.address(), run.id(), id))
					.onErrorResume((error) -> counted(error, errors)), run.number("inFlight"))
				.collectList()
				.blockOptional()
				.orElseThrow();

			// end::run[]
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			return result(run, items.stream().map(Item::id).toList(), errors, upstream, took);
		}
	}

	private static Mono<Item> counted(Throwable error, Map<String, AtomicInteger> errors) {
		String kind = (error instanceof WebClientResponseException answer)
				? String.valueOf(answer.getStatusCode().value()) : FlakyStore.RESET;
		errors.computeIfAbsent(kind, (key) -> new AtomicInteger()).incrementAndGet();
		return Mono.empty();
	}

	private static RunResult result(PatternRun run, List<Integer> read, Map<String, AtomicInteger> errors,
			FlakyStore upstream, Duration took) {
		int items = run.number("items");
		int raised = errors.values().stream().mapToInt(AtomicInteger::get).sum();
		int refused = upstream.count("429");
		int failed = upstream.count("500") + upstream.count("503") + upstream.count(FlakyStore.RESET);
		List<List<Object>> rows = new ArrayList<>();
		for (String kind : FlakyStore.ANSWERS) {
			int reached = kind.equals("200") ? read.size() : errors.getOrDefault(kind, new AtomicInteger()).get();
			rows.add(List.of(kind, upstream.count(kind), reached));
		}
		RunResult.Builder result = RunResult.builder()
			.headline("%d of %d items read in %.1f s; of %d answers 429 and %d failures, %d reached the caller"
				.formatted(read.size(), items, took.toMillis() / 1000.0, refused, failed, raised))
			.time("all of it", took)
			.figure("items read a second", read.size() * 1000.0 / took.toMillis(), "/s")
			.figure("answered", upstream.count("200"), "", "requests")
			.figure("answered 429", refused, "", "requests")
			.figure("failed", failed, "", "requests")
			.count("requests that were repeated ones", upstream.repeated())
			.table("What the upstream answered, and what of it the caller saw", List.of("answer", "sent", "seen"),
					rows);
		if (run.choice("client").equals(BARE)) {
			return result
				.proof("Without a policy, every 429 and every failure reaches the caller",
						"%d of %d".formatted(raised, refused + failed), raised == refused + failed)
				.proof("What was answered well is read", "%d of %d".formatted(read.size(), items),
						read.size() == items - raised)
				.build();
		}
		return result
			.proof("Every item is read, in order", "%d of %d".formatted(read.size(), items),
					read.equals(IntStream.rangeClosed(1, items).boxed().toList()))
			.proof("Not one error reaches the caller",
					"%d of %d answers 429 and %d failures".formatted(raised, refused, failed), raised == 0)
			.proof("Each of them is followed by another request",
					"%d for %d".formatted(upstream.repeated(), refused + failed),
					upstream.repeated() >= refused + failed)
			.proof("Who was told when to come back does not come earlier",
					"%d of %d did".formatted(upstream.early(), refused), upstream.early() == 0)
			.build();
	}

	// tag::run[]

	interface StoreClient {

		@GetExchange("/services/{run}/{id}")
		Mono<Item> item(UriBuilderFactory server, @PathVariable String run, @PathVariable int id);

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = WHOLE, types = StoreClient.class, clientType = ClientType.WEB_CLIENT)
	@ImportHttpServices(group = UNPACED, types = StoreClient.class, clientType = ClientType.WEB_CLIENT)
	@ImportHttpServices(group = BARE, types = StoreClient.class, clientType = ClientType.WEB_CLIENT)
	static class Clients {

	}
	// end::run[]

	/**
	 * Draws a lane for each item that is asked for at a time.
	 */
	private static final class Readers implements AutoCloseable {

		private final Queue<Lane> idle = new ConcurrentLinkedQueue<>();

		private final List<Lane> all;

		private final Map<Integer, Lane> reading = new ConcurrentHashMap<>();

		private Readers(PatternRun run) {
			this.all = IntStream.rangeClosed(1, run.number("inFlight"))
				.mapToObj((number) -> run.lane("", "reader " + number).running(null).idle())
				.toList();
			this.idle.addAll(this.all);
		}

		private Mono<Item> track(int id, Mono<Item> work) {
			return Mono.usingWhen(Mono.fromSupplier(this.idle::remove), (lane) -> {
				lane.waiting("to be let through");
				this.reading.put(id, lane);
				return work;
			}, (lane) -> Mono.fromRunnable(() -> {
				this.reading.remove(id);
				this.idle.add(lane.idle());
			}));
		}

		private @Nullable Lane of(int id) {
			return this.reading.get(id);
		}

		@Override
		public void close() {
			this.all.forEach(Lane::done);
		}

	}

}
