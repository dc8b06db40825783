package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

import org.reactivestreams.Publisher;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

import io.asyncstarter.resource.ResourceScope;
import io.asyncstarter.sample.eventloop.EventLoops;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RateMeter;
import io.asyncstarter.sample.gallery.RunResult;

/**
 * Event loops: which transport they use, and how they scale with cores.
 */
@Component
class A9EventLoops implements Pattern {

	private static final String NATIVE = "native";

	private static final String NIO = "nio";

	private static final String SERVER = "server";

	private static final Duration WARM_UP = Duration.ofSeconds(5);

	private final EventLoops eventLoops;

	A9EventLoops(EventLoops eventLoops) {
		this.eventLoops = eventLoops;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("A9", "Event loops and transport")
			.summary("""
					A small server on this machine, with one event loop, then two, up to as many as told: each loop \
					is a thread that serves its share of the connections, and a connection stays with its loop. \
					More loops than cores bring nothing. A bar is a loop at work; the table says who runs here.""")
			.useWhen("""
					Hardly ever by hand: Reactor Netty takes a loop a core, four at least, and the native transport \
					if its library is there. Look here when a server does not scale: either the loops are blocked \
					(A3), or the cores are not there, or all is one connection.""")
			.docs("choosing")
			.asyncio("uvloop, a loop a core", """
					# one loop a process, one process a core
					uvicorn app:app --loop uvloop --workers 4

					# or, without the GIL, one loop a thread
					for _ in range(os.cpu_count()):
					    threading.Thread(
					        target=lambda: uvloop.run(serve())).start()
					""")
			.parameter(Parameter.number("loops", Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 4), 1, 8,
					"Up to how many event loops"))
			.parameter(Parameter.choice("transport",
					"What the loops wait with: native only where there is such a library", NATIVE, NIO))
			.parameter(Parameter.number("connections", 16, 8, 64, "How many connections are busy at once"))
			.parameter(Parameter.number("kilobytes", 64, 1, 1024, "What a loop computes the checksum of, a request"))
			.parameter(Parameter.millis("time", 800, 200, 3000, "How long each number of loops is tried"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		List<Round> rounds = new ArrayList<>();
		for (int loops = 1; loops <= run.number("loops"); loops++) {
			Round round = new Round(run, loops);
			run.note(round.name);
			serve(run, round);
			rounds.add(round);
		}
		// end::run[]
		return result(run, rounds);
	}

	// tag::run[]

	private static void serve(PatternRun run, Round round) throws Exception {
		boolean preferNative = run.choice("transport").equals(NATIVE);
		ResourceScope.run((scope) -> {
			scope.defer(() -> round.lanes.values().forEach(Lane::done));
			LoopResources loops = scope.use(LoopResources.create(SERVER, round.loops, true), A9EventLoops::dispose);
			LoopResources clientLoops = scope.use(LoopResources.create("client", 2, true), A9EventLoops::dispose);
			ConnectionProvider connections = scope.use(ConnectionProvider.create("clients", run.number("connections")),
					ConnectionProvider::dispose);
			DisposableServer server = scope.use(HttpServer.create()
				.host("127.0.0.1")
				.port(0)
				.runOn(loops, preferNative)
				.handle(round::answer)
				.bindNow(), DisposableServer::disposeNow);
			HttpClient client = HttpClient.create(connections)
				.runOn(clientLoops, preferNative)
				.baseUrl("http://127.0.0.1:" + server.port());
			try (RateMeter rate = run.rate("requests a second", round.name, Duration.ofMillis(100))) {
				// whatever is slow at first: connections, compilers
				round.ask(client, 5).take(WARM_UP).blockLast();
				long answered = round.ask(client, Long.MAX_VALUE)
					.doOnNext((answer) -> rate.count())
					.take(run.millis("time"))
					.count()
					.blockOptional()
					.orElseThrow();
				round.speed = answered * 1000.0 / run.number("time");
			}
		});
	}

	private static void dispose(LoopResources loops) {
		loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block();
	}
	// end::run[]

	private RunResult result(PatternRun run, List<Round> rounds) {
		int cores = Runtime.getRuntime().availableProcessors();
		boolean wanted = run.choice("transport").equals(NATIVE) && LoopResources.hasNativeSupport();
		Set<String> transports = rounds.stream()
			.flatMap((round) -> round.lanes.keySet().stream())
			.map(A9EventLoops::transport)
			.collect(Collectors.toSet());
		List<List<Object>> rows = new ArrayList<>();
		rounds.forEach((round) -> rows.add(List.of(round.name, Math.round(round.speed),
				"× %.2f".formatted(round.speed / Math.max(1, rounds.getFirst().speed)), round.lanes.size(),
				round.homes.size())));
		RunResult.Builder result = RunResult.builder()
			.headline("%s on %d cores: %,.0f requests a second with one event loop, %,.0f with %d".formatted(
					String.join(", ", transports), cores, rounds.getFirst().speed, rounds.getLast().speed,
					rounds.size()));
		rounds.forEach((round) -> result.figure("requests a second, " + round.name, Math.rint(round.speed), "",
				"requests a second"));
		int moved = rounds.stream().mapToInt((round) -> round.moved.get()).sum();
		int answered = rounds.stream().mapToInt((round) -> round.answered.get()).sum();
		int failed = rounds.stream().mapToInt((round) -> round.failed.get()).sum();
		return result.count("cores", cores)
			.count("event loops of this gallery", this.eventLoops.count())
			.table("How it scales", List.of("", "requests a second", "against one", "threads seen", "connections"),
					rows)
			.proof("The transport is the one asked for",
					"%s; native %s".formatted(String.join(", ", transports),
							LoopResources.hasNativeSupport() ? "available" : "not available"),
					transports.size() == 1 && transports.contains(NIO) != wanted)
			.proof("As many event loops serve as there are, and each has its share",
					rounds.stream().map((round) -> round.lanes.size()).toList(),
					rounds.stream().allMatch((round) -> round.lanes.size() == round.loops))
			.proof("A connection stays with its event loop", moved + " moved", moved == 0)
			.proof("Each request is answered", "%d answered, %d failed".formatted(answered, failed),
					failed == 0 && answered > 0)
			.build();
	}

	// server-epoll-2 → epoll
	private static String transport(String thread) {
		return thread.replaceFirst(SERVER + "-(.*)-\\d+", "$1");
	}

	/**
	 * A number of event loops that is tried.
	 */
	private static final class Round {

		private final Map<String, Lane> lanes = new ConcurrentHashMap<>();

		private final Map<String, String> homes = new ConcurrentHashMap<>();

		private final AtomicInteger moved = new AtomicInteger();

		private final AtomicInteger answered = new AtomicInteger();

		private final AtomicInteger failed = new AtomicInteger();

		private final PatternRun run;

		private final int loops;

		private final String name;

		private final byte[] content;

		private double speed;

		private Round(PatternRun run, int loops) {
			this.run = run;
			this.loops = loops;
			this.name = (loops > 1) ? loops + " event loops" : "one event loop";
			this.content = new byte[run.number("kilobytes") * 1024];
		}

		// on an event loop of the server
		Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
			String loop = Thread.currentThread().getName();
			this.lanes.computeIfAbsent(loop, (first) -> this.run.lane(this.name, first).running(null));
			request.withConnection((connection) -> {
				String home = this.homes.putIfAbsent(connection.channel().id().asShortText(), loop);
				if (home != null && !home.equals(loop)) {
					this.moved.incrementAndGet();
				}
			});
			CRC32 checksum = new CRC32();
			checksum.update(this.content);
			return response.sendString(Mono.just(Long.toHexString(checksum.getValue())));
		}

		// on each connection, again and again
		Flux<String> ask(HttpClient client, long times) {
			Mono<String> answer = client.get()
				.uri("/")
				.responseSingle((response, body) -> body.asString())
				.doOnNext((text) -> this.answered.incrementAndGet())
				.doOnError((error) -> this.failed.incrementAndGet());
			int connections = this.run.number("connections");
			return Flux.range(1, connections).flatMap((i) -> answer.repeat(times - 1), connections);
		}

	}

}
