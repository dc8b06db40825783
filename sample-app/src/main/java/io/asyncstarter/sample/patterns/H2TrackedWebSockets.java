package io.asyncstarter.sample.patterns;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import reactor.core.publisher.Mono;

import io.asyncstarter.lifecycle.OpenStreams;
import io.asyncstarter.sample.child.ChatService;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;

/**
 * WebSockets that are known, and told when the application closes.
 */
@Component
class H2TrackedWebSockets implements Pattern {

	private static final String TRACKED = "tracked";

	private static final String UNTRACKED = "not tracked";

	// seconds
	private static final int PATIENCE = 10;

	@Override
	public PatternInfo info() {
		return PatternInfo.of("H2", "WebSockets, tracked")
			.summary("""
					Every WebSocket of the application is known while it is open, and when the application closes, \
					each is closed with status 1001, going away, and a reason: clients know that they are to \
					connect again, elsewhere. This run starts a small service of its own, connects to it, and \
					closes it.""")
			.useWhen("""
					There are WebSockets: it is on by default. Without it, a web server that stops waits for them \
					as long as it may, and then cuts them off, which to a client looks like a broken network. \
					Streams of events are completed in the same way.""")
			.docs("operations:shutdown")
			.asyncio("WebSocket server, a set of connections", """
					connections = set()

					async def handler(websocket):
					    connections.add(websocket)
					    try:
					        async for message in websocket:
					            await websocket.send(message)
					    finally:
					        connections.discard(websocket)

					async def shutdown():
					    await asyncio.gather(*(ws.close(1001, "going away") for ws in connections))
					""")
			.parameter(Parameter.number("clients", 8, 2, 100, "Clients that stay connected"))
			.parameter(Parameter.flag("untracked", true,
					"Whether to do the same to a service that does not know its WebSockets"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		Visit tracked = visit(run, TRACKED, true);
		if (!run.flag("untracked")) {
			return result(run, tracked, null);
		}
		run.note("The same without: the service stops, and cuts them off");
		return result(run, tracked, visit(run, UNTRACKED, false));
	}

	private static Visit visit(PatternRun run, String group, boolean tracking) throws Exception {
		int clients = run.number("clients");
		Map<String, Integer> told = new ConcurrentHashMap<>();
		CountDownLatch greeted = new CountDownLatch(clients + 1);
		// with an application context of its own, which has the shutdown of this starter
		try (ChatService service = ChatService.start(tracking)) {
			Connector connector = new Connector(run, group, service.uri(), greeted, told);
			List<CompletableFuture<?>> connections = new ArrayList<>();
			for (int i = 1; i <= clients; i++) {
				connections.add(connector.connect("client " + i, new CompletableFuture<>()));
			}
			CompletableFuture<Void> leave = new CompletableFuture<>();
			CompletableFuture<?> visitor = connector.connect("visitor", leave);
			greeted.await();
			List<List<Object>> listed = listed(service.openStreams());
			run.gauge("WebSockets listed", listed.size());

			leave.complete(null);
			visitor.get(PATIENCE, TimeUnit.SECONDS);
			service.awaitOpen(clients);
			int left = service.openStreams().getWebSockets().size();
			run.gauge("WebSockets listed", left);

			run.mark("the service closes");
			long start = System.nanoTime();
			service.shutDown();
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			for (CompletableFuture<?> connection : connections) {
				connection.get(PATIENCE, TimeUnit.SECONDS);
			}
			run.gauge("WebSockets listed", service.openStreams().getWebSockets().size());
			return new Visit(listed, left, told, took);
		}
	}

	private static List<List<Object>> listed(OpenStreams openStreams) {
		return openStreams.getWebSockets()
			.stream()
			.map((session) -> List.<Object>of(session.getId(), session.getHandshakeInfo().getUri().getPath(),
					String.valueOf(session.getHandshakeInfo().getRemoteAddress())))
			.toList();
	}
	// end::run[]

	private static RunResult result(PatternRun run, Visit tracked, @Nullable Visit untracked) {
		int clients = run.number("clients");
		int away = CloseStatus.GOING_AWAY.getCode();
		long goingAway = tracked.told(away);
		RunResult.Builder result = RunResult.builder()
			.headline("%d WebSockets listed; when the service closed, %d were told %d within %s"
				.formatted(tracked.listed().size(), goingAway, away, Timings.text(tracked.took())))
			.count("WebSockets listed", tracked.listed().size())
			.time("to close the service", tracked.took(), "closing")
			.table("What was open", List.of("id", "path", "from"), tracked.listed())
			.proof("Each is listed while it is open", "%d of %d".formatted(tracked.listed().size(), clients + 1),
					tracked.listed().size() == clients + 1)
			.proof("Who has left is not listed any more", tracked.left() + " left", tracked.left() == clients)
			.proof("All are closed with a reason", "%d of %d with %d".formatted(goingAway, clients, away),
					goingAway == clients);
		if (untracked != null) {
			long unknowing = untracked.told(away);
			result.time("to close it, not tracked", untracked.took(), "closing")
				.proof("Not tracked, nobody is told", "%d of %d".formatted(unknowing, clients), unknowing == 0)
				.proof("And the service waits for them in vain", Timings.text(untracked.took()),
						untracked.took().compareTo(tracked.took()) > 0);
		}
		return result.build();
	}

	/**
	 * How it went.
	 *
	 * @param listed what was listed when all were connected
	 * @param left how many were listed when one had left
	 * @param told the status that each client was told, by its name
	 * @param took how long it took to close the service
	 */
	private record Visit(List<List<Object>> listed, int left, Map<String, Integer> told, Duration took) {

		private long told(int status) {
			return this.told.values().stream().filter((code) -> code == status).count();
		}

	}

	// tag::run[]

	/**
	 * Connects clients.
	 *
	 * @param told the status that each client is told, by its name
	 */
	private record Connector(PatternRun run, String group, URI uri, CountDownLatch greeted, Map<String, Integer> told) {

		// says hello, and stays until it leaves or is sent away
		private CompletableFuture<?> connect(String name, CompletableFuture<Void> leave) {
			Lane lane = this.run.lane(this.group, name).waiting("to connect");
			WebSocketHandler handler = (session) -> {
				Mono.fromFuture(leave, true).then(Mono.defer(() -> session.close(CloseStatus.NORMAL))).subscribe();
				Mono<Void> talk = session.send(Mono.fromSupplier(() -> session.textMessage("hello")))
					.thenMany(session.receive())
					.doOnNext((echo) -> {
						lane.running("connected");
						this.greeted.countDown();
					})
					.then();
				Mono<CloseStatus> status = session.closeStatus()
					.doOnNext((received) -> this.told.put(name, received.getCode()));
				return Mono.whenDelayError(talk, status);
			};
			return this.run.keep(new ReactorNettyWebSocketClient().execute(this.uri, handler)
				// who is cut off gets an error
				.onErrorComplete()
				.doOnSuccess((end) -> ended(name, lane))
				.doOnCancel(() -> lane.cancelled(null))
				.toFuture());
		}

		private void ended(String name, Lane lane) {
			Integer status = this.told.get(name);
			this.run.mark(lane, (status != null) ? "told " + status : "cut off");
			lane.done();
		}

	}
	// end::run[]

}
