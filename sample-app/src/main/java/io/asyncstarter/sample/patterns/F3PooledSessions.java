package io.asyncstarter.sample.patterns;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionPoolMetrics;
import reactor.netty.resources.ConnectionProvider;

import io.asyncstarter.http.PolicyExchangeFilter;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Shape;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.pool.CountingServer;

/**
 * Sessions: connections that are kept and used again, so many to a host.
 */
@Component
class F3PooledSessions implements Pattern {

	private static final String OPEN = "connections open";

	private static final String WAITING = "calls that wait for a connection";

	private static final String KEPT = "kept";

	private static final String NONE = "none";

	private final Policy sessions;

	F3PooledSessions(Policies policies) {
		this.sessions = policies.get("sessions");
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("F3", "Pooled HTTP sessions, limits per host")
			.summary("""
					A client keeps its connections and uses them again, never more than so many to a host: calls that \
					find none free wait in line. Opening a connection costs a round trip, with TLS several, and \
					memory on both sides; a client of one's own for each call pays that each time.""")
			.useWhen(
					"""
							Always: one client, and so one pool, for the whole application. The limit per host is the pool's, a \
							limit for all hosts together is a bulkhead (D5); keep the bulkhead below the pool, so that calls \
							wait where their deadline is seen.""")
			.yaml("async.policies.sessions")
			.docs("http:connection-pools")
			.asyncio("ClientSession, TCPConnector", """
					connector = aiohttp.TCPConnector(limit_per_host=4)
					async with aiohttp.ClientSession(connector=connector) as session:
					    await asyncio.gather(
					        *(get(session, url) for url in urls))

					# not like this: a session, and a connection, for each call
					async with aiohttp.ClientSession() as session:
					    await get(session, url)
					""")
			.parameter(Parameter.number("calls", 80, 2, 400, "Calls, to two hosts in turn"))
			.parameter(Parameter.number("callers", 16, 1, 30, "Calls at a time"))
			.parameter(Parameter.number("perHost", 4, 1, 20, "Connections to a host at most"))
			.parameter(Parameter.choice("pool", "Whether connections are kept, or each call opens one of its own", KEPT,
					NONE))
			.parameter(Parameter.millis("latency", 60, 1, 200, "How long a host takes for a call"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		// a call that waits for a connection is under its timeout already
		Duration turn = run.millis("latency").multipliedBy(Math.ceilDiv(run.number("callers"), run.number("perHost")));
		Policy policy = Policy.builder("sessions")
			.settings(this.sessions.getSettings())
			.timeout(this.sessions.getTimeout().orElseThrow().plus(turn))
			.build();
		PoolGauges gauges = new PoolGauges();
		ConnectionProvider pool = run.choice("pool").equals(NONE) ? ConnectionProvider.newConnection()
				: ConnectionProvider.builder(run.id())
					.maxConnections(run.number("perHost"))
					.pendingAcquireMaxCount(run.number("callers"))
					.metrics(true, () -> gauges)
					.build();
		WebClient client = WebClient.builder()
			.clientConnector(new ReactorClientHttpConnector(HttpClient.create(pool)))
			.filter(PolicyExchangeFilter.of(policy))
			.build();

		Queue<Lane> idle = new ConcurrentLinkedQueue<>();
		for (int i = 1; i <= run.number("callers"); i++) {
			idle.add(run.lane("", "caller " + i).running(null).idle());
		}
		List<Lane> callers = List.copyOf(idle);
		long start = System.nanoTime();
		try (CountingServer a = server(run, "a"); CountingServer b = server(run, "b")) {
			long answered = Flux.range(1, run.number("calls")).flatMap((call) -> {
				boolean even = call % 2 == 0;
				Lane caller = idle.remove().running(even ? "host a" : "host b");
				run.gauge(WAITING, gauges.waiting());
				return client.get()
					.uri(even ? a.url() : b.url())
					.retrieve()
					.bodyToMono(String.class)
					.doOnTerminate(() -> {
						idle.add(caller.idle());
						run.gauge(WAITING, gauges.waiting());
					});
			}, run.number("callers")).count().blockOptional().orElseThrow();
			// end::run[]
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			callers.forEach(Lane::done);
			return result(run, policy, List.of(a, b), gauges, answered, took);
		}
		finally {
			pool.dispose();
		}
	}

	private static CountingServer server(PatternRun run, String host) {
		run.plot(OPEN, "limit for each", Shape.BOUND, run.number("perHost"));
		return new CountingServer(run.millis("latency"), (open) -> {
			run.plot(OPEN, "host " + host, Shape.STEPS, open);
			run.plot(OPEN, "limit for each", Shape.BOUND, run.number("perHost"));
		});
	}

	private static RunResult result(PatternRun run, Policy policy, List<CountingServer> hosts, PoolGauges gauges,
			long answered, Duration took) {
		int calls = run.number("calls");
		int opened = hosts.stream().mapToInt(CountingServer::opened).sum();
		int requests = hosts.stream().mapToInt(CountingServer::requests).sum();
		int most = hosts.stream().mapToInt(CountingServer::mostOpen).max().orElse(0);
		// the connection of an attempt that took too long is closed, and another one
		// opened
		long lost = policy.getCount(PolicyEventKind.TIMED_OUT);
		List<List<Object>> rows = new ArrayList<>();
		for (int i = 0; i < hosts.size(); i++) {
			CountingServer host = hosts.get(i);
			rows.add(List.of("ab".charAt(i), host.requests(), host.opened(), host.mostOpen()));
		}
		RunResult.Builder result = RunResult.builder()
			.headline("%d calls over %d connections in %s".formatted(answered, opened, Timings.text(took)))
			.time("all of it", took)
			.figure("calls answered", (double) answered, "", "of the calls")
			.figure("connections opened", opened, "", "of the calls")
			.count("most calls that waited for a connection", gauges.most.get())
			.count("attempts made again since there was no answer", lost)
			.table("Seen by the hosts", List.of("host", "requests", "connections opened", "most at once"), rows)
			.proof("Every call is answered", "%d of %d".formatted(answered, calls), answered == calls);
		int perHost = run.number("perHost");
		if (run.choice("pool").equals(NONE)) {
			return result
				.proof("Each call opens a connection of its own", "%d for %d".formatted(opened, requests),
						opened == requests && opened >= calls)
				.build();
		}
		return result
			.proof("Connections are used again", "%d for %d requests".formatted(opened, requests),
					opened <= (long) hosts.size() * perHost + lost && requests >= calls)
			.proof("Never more to a host than its limit", "%d of %d".formatted(most, perHost), most <= perHost + lost)
			.build();
	}

	/**
	 * What the pool tells of itself, for each host.
	 */
	private static final class PoolGauges implements ConnectionProvider.MeterRegistrar {

		private final Queue<ConnectionPoolMetrics> hosts = new ConcurrentLinkedQueue<>();

		private final AtomicInteger most = new AtomicInteger();

		@Override
		public void registerMetrics(String poolName, String id, SocketAddress host, ConnectionPoolMetrics metrics) {
			this.hosts.add(metrics);
		}

		private int waiting() {
			int waiting = this.hosts.stream().mapToInt(ConnectionPoolMetrics::pendingAcquireSize).sum();
			this.most.accumulateAndGet(waiting, Math::max);
			return waiting;
		}

	}

}
