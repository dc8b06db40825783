package io.asyncstarter.sample.patterns;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClientException;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import io.asyncstarter.resource.ResourceScope;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Shape;
import io.asyncstarter.sample.upstream.Item;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamLoad;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.task.Subtask;
import io.asyncstarter.task.Tasks;

/**
 * A resource that is released on every way out.
 */
@Component
class F1AlwaysReleased implements Pattern {

	private static final String BY_HAND = "closed by hand, at the end";

	private static final String TRY = "try-with-resources";

	private static final String USING_WHEN = "Mono.usingWhen";

	private final Tasks tasks;

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	F1AlwaysReleased(Tasks tasks, UpstreamClient upstream, UpstreamLoad load) {
		this.tasks = tasks;
		this.upstream = upstream;
		this.load = load;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("F1", "A resource always released").summary("""
				A connection is closed whether its work succeeds, fails or is cancelled: by try-with-resources \
				where the work blocks, by usingWhen where it is a chain. The latter has a function for each way \
				out, and releases without blocking. First, what happens when it is closed by hand.""").useWhen("""
				Always. What is to be released without blocking, or differently after a failure, as a \
				transaction is: usingWhen. It does not make the one who cancels wait until that is done; \
				try-with-resources does.""").docs("resources").asyncio("async with", """
				@asynccontextmanager
				async def connection():
				    opened = await open_connection()
				    try:
				        yield opened
				    finally:
				        await opened.close()

				async with connection() as opened:
				    await opened.get(item)
				""").parameter(Parameter.millis("latency", 400, 50, 5000, "How long the work takes")).build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		run.note("The mistake: the connection is closed when the work is done");
		Connections byHand = blocking(run, BY_HAND, (opened, way) -> {
			Connection connection = opened.open(way);
			Item item = connection.get();
			connection.close();
			return item;
		});

		run.note("try-with-resources, for work that blocks");
		Connections withTry = blocking(run, TRY, (opened, way) -> {
			try (Connection connection = opened.open(way)) {
				return connection.get();
			}
		});

		run.note("Mono.usingWhen, for a chain");
		Connections usingWhen = reactive(run, USING_WHEN,
				(opened, way) -> Mono.usingWhen(Mono.fromSupplier(() -> opened.open(way)), Connection::getMono,
						(connection) -> connection.release("after completion"),
						(connection, failure) -> connection.release("after an error"),
						(connection) -> connection.release("after cancellation")));
		// end::run[]
		return result(byHand, withTry, usingWhen);
	}

	// tag::run[]

	private Connections blocking(PatternRun run, String name, Blocking work) throws Exception {
		return ResourceScope.call((scope) -> {
			Connections connections = new Connections(run, name, scope);
			this.tasks.inGroup("callers", (group) -> {
				Map<WayOut, Subtask<Boolean>> callers = new EnumMap<>(WayOut.class);
				for (WayOut way : WayOut.values()) {
					Lane lane = run.lane(name, way.text());
					callers.put(way, group.fork(way.text(),
							() -> connections.isAnswered(() -> lane.call(() -> work.call(connections, way)))));
				}
				connections.underWay.await();
				return Objects.requireNonNull(callers.get(WayOut.CANCELLATION)).cancel();
			});
			// the callers have left
			return connections.left();
		});
	}

	private Connections reactive(PatternRun run, String name, Reactive work) throws Exception {
		return ResourceScope.call((scope) -> {
			Connections connections = new Connections(run, name, scope);
			Map<WayOut, Disposable> chains = new EnumMap<>(WayOut.class);
			for (WayOut way : WayOut.values()) {
				Lane lane = run.lane(name, way.text());
				Disposable chain = lane.mono(work.call(connections, way))
					.doFinally((signal) -> connections.ended.countDown())
					.onErrorComplete()
					.subscribe();
				chains.put(way, scope.use(chain, Disposable::dispose));
			}
			connections.underWay.await();
			Objects.requireNonNull(chains.get(WayOut.CANCELLATION)).dispose();
			// who cancels does not wait for the release; this entry does
			connections.allClosed.await();
			connections.ended.await();
			return connections.left();
		});
	}
	// end::run[]

	private static RunResult result(Connections byHand, Connections withTry, Connections usingWhen) {
		List<List<Object>> rows = new ArrayList<>();
		for (Connections connections : List.of(byHand, withTry, usingWhen)) {
			for (WayOut way : WayOut.values()) {
				rows.add(List.of(connections.name, way.text(), connections.releaseOf(way)));
			}
		}
		int opened = WayOut.values().length;
		return RunResult.builder()
			.headline("Closed by hand, %d of %d connections stayed open; with try-with-resources %d, with usingWhen %d"
				.formatted(byHand.left, opened, withTry.left, usingWhen.left))
			.count("left open by hand", byHand.left)
			.count("left open by try-with-resources", withTry.left)
			.count("left open by usingWhen", usingWhen.left)
			.table("How each connection was released", List.of("by", "the work", "released"), rows)
			.proof("By hand, only work that succeeds closes its connection", byHand.left + " left open",
					byHand.left == 2 && byHand.releases.containsKey(WayOut.SUCCESS))
			.proof("try-with-resources closes on success, failure and cancellation",
					"%d of %d, when the callers had left".formatted(withTry.releases.size(), opened),
					withTry.left == 0 && withTry.releases.size() == opened)
			.proof("So does usingWhen, by a function for each", usingWhen.releases.values(),
					usingWhen.left == 0 && usingWhen.releases.equals(Map.of(WayOut.SUCCESS, "after completion",
							WayOut.FAILURE, "after an error", WayOut.CANCELLATION, "after cancellation")))
			.proof("Each is closed once", "%d and %d".formatted(withTry.closed.get(), usingWhen.closed.get()),
					withTry.closed.get() == opened && usingWhen.closed.get() == opened)
			.build();
	}

	/**
	 * Work that blocks.
	 */
	private interface Blocking {

		Item call(Connections connections, WayOut way) throws Exception;

	}

	/**
	 * Work that does not.
	 */
	private interface Reactive {

		Mono<Item> call(Connections connections, WayOut way);

	}

	/**
	 * The connections that are opened in one way.
	 */
	private final class Connections {

		private final Map<WayOut, String> releases = new ConcurrentHashMap<>();

		private final AtomicInteger open = new AtomicInteger();

		private final AtomicInteger closed = new AtomicInteger();

		private final CountDownLatch underWay = new CountDownLatch(WayOut.values().length);

		private final CountDownLatch ended = new CountDownLatch(WayOut.values().length);

		private final CountDownLatch allClosed = new CountDownLatch(WayOut.values().length);

		private final PatternRun run;

		private final String name;

		private int left;

		private Connections(PatternRun run, String name, ResourceScope scope) {
			this.run = run;
			this.name = name;
			for (WayOut way : WayOut.values()) {
				UpstreamRequest request = request(way);
				scope.use(F1AlwaysReleased.this.load.watch(run.id(), request.group(), (now) -> {
				}).onArrival(this.underWay::countDown));
			}
		}

		private UpstreamRequest request(WayOut way) {
			return way.request(this.run.id(), this.name, this.run.millis("latency"));
		}

		Connection open(WayOut way) {
			draw(this.open.incrementAndGet());
			return new Connection(this, way);
		}

		void closed(WayOut way, String how) {
			this.releases.put(way, how);
			this.closed.incrementAndGet();
			draw(this.open.decrementAndGet());
			this.allClosed.countDown();
		}

		private void draw(int open) {
			this.run.plot("connections open", this.name, Shape.STEPS, open);
		}

		// a caller may be told that its work has failed
		boolean isAnswered(Callable<Item> work) throws Exception {
			try {
				work.call();
				return true;
			}
			catch (RestClientException ex) {
				return false;
			}
		}

		Connections left() {
			this.left = this.open.get();
			return this;
		}

		Object releaseOf(WayOut way) {
			return this.releases.getOrDefault(way, "never");
		}

	}

	/**
	 * A connection to the upstream.
	 */
	private final class Connection implements AutoCloseable {

		private final Connections all;

		private final WayOut way;

		private Connection(Connections all, WayOut way) {
			this.all = all;
			this.way = way;
		}

		Item get() {
			return F1AlwaysReleased.this.upstream.item(this.all.request(this.way));
		}

		Mono<Item> getMono() {
			return F1AlwaysReleased.this.upstream.itemMono(this.all.request(this.way));
		}

		@Override
		public void close() {
			this.all.closed(this.way, "closed");
		}

		// says good-bye first, without blocking
		Mono<Void> release(String how) {
			return F1AlwaysReleased.this.upstream.ping().then(Mono.fromRunnable(() -> this.all.closed(this.way, how)));
		}

	}

}
