package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;
import org.springframework.web.service.registry.ImportHttpServices;
import org.springframework.web.util.UriBuilderFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineThreadLocalAccessor;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.service.RunService;
import io.asyncstarter.sample.service.RunServices;
import io.asyncstarter.sample.upstream.Item;

/**
 * A deadline that goes from service to service.
 */
@Component
class C3DeadlineAcrossServices implements Pattern {

	private static final String TOLD = "hops";

	private static final String UNTOLD = "hops-untold";

	private static final int GATEWAY = 1;

	private static final int STOCK = 2;

	private final HttpServiceProxyRegistry clients;

	private final RunServices services;

	C3DeadlineAcrossServices(HttpServiceProxyRegistry clients, RunServices services) {
		this.clients = clients;
		this.services = services;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("C3", "Deadline across services")
			.summary(
					"""
							A caller has so much time. It asks a gateway, which asks the stock, over HTTP; each request tells in \
							a header how many milliseconds are left, and each service bounds its work by that. When the caller \
							gives up, the last service has stopped too, without anybody having to tell it then.""")
			.useWhen(
					"""
							Services call services. A connection that is closed tells a service that nobody waits any more, but \
							only if everything between passes that on; this gateway does not, as many do not. Take the client \
							'hops-untold' and see the stock work on for nobody.""")
			.yaml("async.deadline.http")
			.yaml("async.http.groups.hops")
			.docs("http:deadlines-from-service-to-service")
			.asyncio("none; by hand", """
					# the caller
					left = deadline - loop.time()
					await session.get(url, headers={"X-Timeout-Ms": str(int(left * 1000))})

					# the service
					async with asyncio.timeout(float(request.headers["X-Timeout-Ms"]) / 1000):
					    return await work()
					""")
			.parameter(Parameter.millis("deadline", 800, 100, 5000, "What the caller has"))
			.parameter(
					Parameter.choice("client", "The group of HTTP services: with the header, or without", TOLD, UNTOLD))
			.parameter(Parameter.millis("gateway", 200, 1, 2000, "How long the gateway works before it asks the stock"))
			.parameter(Parameter.millis("stock", 2000, 1, 6000, "How long the stock works"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		HopClient client = this.clients.getClient(run.choice("client"), HopClient.class);
		Lane lane = run.lane("", "caller").running(null).due(run.millis("deadline"));
		Lane first = run.lane("", "gateway");
		Hop stock = new Hop(run.lane("", "stock"),
				Mono.delay(run.millis("stock")).thenReturn(new Item(STOCK, "shoes")));
		Detached toStock = new Detached(client.item(this.services.address(), run.id(), STOCK));
		Hop gateway = new Hop(first, Mono.delay(run.millis("gateway")).then(toStock.call()));

		boolean answered = true;
		long start = System.nanoTime();
		long end;
		try (RunService service = this.services.open(run.id(),
				(hop) -> (hop == GATEWAY) ? gateway.serve() : stock.serve())) {
			try {
				lane.track(() -> Deadline.within("caller", run.millis("deadline"),
						() -> client.item(service.address(), run.id(), GATEWAY).block()));
			}
			catch (DeadlineExceededException | WebClientResponseException.GatewayTimeout ex) {
				answered = false;
				run.mark("the caller gives up");
			}
			end = System.nanoTime();
			gateway.awaitEnd();
			toStock.awaitEnd();
		}
		// end::run[]
		return result(run, new Call(answered, Duration.ofNanos(end - start), end), gateway, stock);
	}

	private static RunResult result(PatternRun run, Call call, Hop gateway, Hop stock) {
		List<List<Object>> rows = new ArrayList<>();
		rows.add(List.of("caller", Timings.text(run.millis("deadline")), Timings.text(call.took()),
				call.answered() ? "answered" : "gave up"));
		rows.add(gateway.row("gateway"));
		rows.add(stock.row("stock"));
		RunResult.Builder result = RunResult.builder()
			.time("the caller waited", call.took(), "time")
			.time("the gateway worked", gateway.worked(), "time")
			.time("the stock worked", stock.worked(), "time")
			.table("Clocks", List.of("who", "had", "took", "and then"), rows);
		if (call.answered()) {
			return result.headline("Answered in %s".formatted(Timings.text(call.took())))
				.proof("What is in time is answered, and nobody stops",
						"%s of %s".formatted(Timings.text(call.took()), Timings.text(run.millis("deadline"))),
						!gateway.stopped && !stock.stopped)
				.build();
		}
		if (!stock.begun) {
			return result.headline("The caller gave up before the stock was asked")
				.proof("When nothing is left, the stock does not begin", Timings.text(stock.worked()),
						stock.worked().isZero())
				.build();
		}
		Duration after = Duration.ofNanos(Math.max(0, stock.end - call.end()));
		result
			.headline("The caller gave up after %s; the stock worked on for %s".formatted(Timings.text(call.took()),
					Timings.text(after)))
			.time("the stock worked for nobody", after);
		if (run.choice("client").equals(UNTOLD)) {
			return result
				.proof("Without the header nobody knows how much is left", gateway.had() + " and " + stock.had(),
						gateway.told == null && stock.told == null)
				.proof("The stock works to its end, for nobody",
						"%s of %s".formatted(Timings.text(stock.worked()), Timings.text(run.millis("stock"))),
						!stock.stopped && stock.worked().compareTo(run.millis("stock")) >= 0)
				.build();
		}
		return result
			.proof("Each is told what is left, and that shrinks",
					"%s → %s → %s".formatted(Timings.text(run.millis("deadline")), gateway.had(), stock.had()),
					isLess(gateway.told, run.millis("deadline")) && isLess(stock.told, gateway.told))
			.proof("When the caller has given up, the stock stops, though nobody has told it then",
					"after %s of %s".formatted(Timings.text(stock.worked()), Timings.text(run.millis("stock"))),
					stock.stopped)
			.proof("It stops when its time is up, and not before",
					"%s of %s".formatted(Timings.text(stock.worked()), stock.had()),
					isLess(stock.told, stock.worked().plusMillis(1)))
			.build();
	}

	private static boolean isLess(@Nullable Duration time, @Nullable Duration other) {
		return time != null && other != null && time.compareTo(other) < 0;
	}

	// tag::run[]

	interface HopClient {

		@GetExchange("/services/{run}/{hop}")
		Mono<Item> item(UriBuilderFactory server, @PathVariable String run, @PathVariable int hop);

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = TOLD, types = HopClient.class, clientType = ClientType.WEB_CLIENT)
	@ImportHttpServices(group = UNTOLD, types = HopClient.class, clientType = ClientType.WEB_CLIENT)
	static class Clients {

	}
	// end::run[]

	// tag::run[]

	/**
	 * A service on the way: it works until it is done, or has no more time.
	 */
	private static final class Hop {

		private final Lane lane;

		private final Mono<Item> work;

		private final CountDownLatch ended = new CountDownLatch(1);

		private volatile boolean begun;

		private volatile boolean stopped;

		private volatile @Nullable Duration told;

		private volatile long start;

		private volatile long end;

		private Hop(Lane lane, Mono<Item> work) {
			this.lane = lane;
			this.work = work;
		}

		private Mono<ResponseEntity<Item>> serve() {
			return Mono.deferContextual((context) -> {
				Deadline deadline = context.hasKey(DeadlineThreadLocalAccessor.KEY)
						? context.get(DeadlineThreadLocalAccessor.KEY) : Deadline.none();
				this.lane.running(null);
				this.start = System.nanoTime();
				this.begun = true;
				if (!deadline.isUnbounded()) {
					this.told = deadline.remaining();
					this.lane.due(deadline.remaining());
				}
				return this.lane.track(this.work).map(ResponseEntity::ok).doFinally((signal) -> {
					this.end = System.nanoTime();
					this.stopped = signal == SignalType.CANCEL;
					this.ended.countDown();
				});
			});
		}
		// end::run[]

		// a request that was given up on its way may never come
		private void awaitEnd() throws InterruptedException {
			this.ended.await(3, TimeUnit.SECONDS);
		}

		private Duration worked() {
			return this.begun ? Duration.ofNanos(this.end - this.start) : Duration.ZERO;
		}

		private String had() {
			Duration told = this.told;
			return (told != null) ? Timings.text(told) : "not told";
		}

		private List<Object> row(String name) {
			String then = this.stopped ? "stopped" : "was done";
			return List.of(name, had(), Timings.text(worked()), this.begun ? then : "was not asked");
		}

		// tag::run[]

	}

	/**
	 * A call that goes on when its caller leaves: this gateway does not pass that on.
	 */
	private static final class Detached {

		private final Mono<Item> work;

		private volatile @Nullable CompletableFuture<@Nullable Item> future;

		private Detached(Mono<Item> work) {
			this.work = work;
		}

		private Mono<Item> call() {
			return Mono.deferContextual((context) -> {
				CompletableFuture<@Nullable Item> future = this.work.contextWrite(context).toFuture();
				this.future = future;
				return Mono.fromFuture(future, true);
			});
		}
		// end::run[]

		private void awaitEnd() throws Exception {
			CompletableFuture<@Nullable Item> future = this.future;
			if (future != null) {
				future.handle((item, failure) -> true).get(30, TimeUnit.SECONDS);
			}
		}

		// tag::run[]

	}
	// end::run[]

	private record Call(boolean answered, Duration took, long end) {

	}

}
