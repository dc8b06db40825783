package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.PoolMetrics;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import io.asyncstarter.resource.ResourceScope;
import io.asyncstarter.sample.database.Database;
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

/**
 * A transaction around steps that do not block.
 */
@Component
class F5Transaction implements Pattern {

	private static final String WITHOUT = "without a transaction";

	private static final String WITH = "with TransactionalOperator";

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final Database database;

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	F5Transaction(Database database, UpstreamClient upstream, UpstreamLoad load) {
		this.database = database;
		this.upstream = upstream;
		this.load = load;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("F5", "A transaction around async steps")
			.summary("""
					A transfer books on one account, has the bank approve of it by HTTP, then books on the other. \
					TransactionalOperator makes one transaction of it, though its steps run on several threads: it \
					is committed if all succeed and rolled back if one fails or the caller leaves in the middle.""")
			.useWhen("""
					Steps of a reactive chain belong together. Keep it short: a connection is held, and rows may be \
					locked, while the other side is waited for. What the other side has done is not undone by a \
					rollback: call it last, or make it repeatable.""")
			.yaml("spring.r2dbc")
			.docs("resources")
			.asyncio("async with connection.transaction()", """
					async with pool.acquire() as connection:
					    async with connection.transaction():
					        await book(connection, ours, -amount)
					        await approve(amount)
					        await book(connection, theirs, amount)
					""")
			.parameter(Parameter.millis("latency", 400, 50, 5000, "How long the bank takes to approve"))
			.parameter(Parameter.number("amount", 100, 1, 1_000_000, "What is transferred"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		return ResourceScope.call((scope) -> {
			ConnectionPool pool = scope.use(this.database.pool(4, PATIENCE), ConnectionPool::dispose);
			DatabaseClient client = DatabaseClient.create(pool);
			scope.defer(() -> forget(client, run));
			Onlooker onlooker = new Onlooker(scope.use(this.database.pool(1, PATIENCE), ConnectionPool::dispose), run);

			run.note("Three transfers without a transaction: one succeeds, one fails, one is cancelled");
			Half without = half(run, WITHOUT, pool, onlooker, UnaryOperator.identity());

			run.note("The same, each in a transaction");
			TransactionalOperator transaction = TransactionalOperator.create(new R2dbcTransactionManager(pool));
			Half with = half(run, WITH, pool, onlooker, transaction::transactional);
			// end::run[]
			return result(without, with, pool.getMetrics().orElseThrow());
		});
	}

	// tag::run[]

	private Half half(PatternRun run, String name, ConnectionPool pool, Onlooker onlooker,
			UnaryOperator<Mono<Item>> inTransaction) throws Exception {
		return ResourceScope.call((scope) -> {
			CountDownLatch underWay = new CountDownLatch(WayOut.values().length);
			CountDownLatch ended = new CountDownLatch(WayOut.values().length);
			scope.use(onlooker.draw(name));
			Map<WayOut, Disposable> chains = new EnumMap<>(WayOut.class);
			for (WayOut way : WayOut.values()) {
				UpstreamRequest request = way.request(run.id(), name, run.millis("latency"));
				scope.use(this.load.watch(run.id(), request.group(), (now) -> {
				}).onArrival(underWay::countDown));
				Lane lane = run.lane(name, way.text());
				Mono<Item> transfer = transfer(DatabaseClient.create(pool), run, lane, request);
				Disposable chain = lane.track(inTransaction.apply(transfer))
					.doFinally((signal) -> ended.countDown())
					.onErrorComplete()
					.subscribe();
				chains.put(way, scope.use(chain, Disposable::dispose));
			}
			underWay.await();
			Bookings meanwhile = onlooker.bookings(name, WayOut.CANCELLATION);
			Objects.requireNonNull(chains.get(WayOut.CANCELLATION)).dispose();
			ended.await();
			awaitIdle(pool.getMetrics().orElseThrow());
			return new Half(meanwhile, onlooker.bookings(name, WayOut.SUCCESS), onlooker.bookings(name, WayOut.FAILURE),
					onlooker.bookings(name, WayOut.CANCELLATION));
		});
	}

	private Mono<Item> transfer(DatabaseClient client, PatternRun run, Lane lane, UpstreamRequest request) {
		int amount = run.number("amount");
		return lane.piece("debit", book(client, run, request, "ours", -amount))
			.then(lane.piece("approval", this.upstream.itemMono(request)))
			// what follows is not for the event loop that brings the answer
			.publishOn(this.database.threads())
			.delayUntil((approved) -> lane.piece("credit", book(client, run, request, "theirs", amount)));
	}

	private static Mono<Void> book(DatabaseClient client, PatternRun run, UpstreamRequest request, String account,
			int amount) {
		return client
			.sql("INSERT INTO booking (run, transfer, account, amount) VALUES (:run, :transfer, :account, :amount)")
			.bind("run", run.id())
			.bind("transfer", request.group())
			.bind("account", account)
			.bind("amount", amount)
			.then();
	}
	// end::run[]

	private static void forget(DatabaseClient client, PatternRun run) {
		client.sql("DELETE FROM booking WHERE run = :run").bind("run", run.id()).then().block();
	}

	// who cancels does not wait for the rollback; this entry does
	private static void awaitIdle(PoolMetrics pool) {
		Mono.fromSupplier(pool::acquiredSize)
			.filter((inUse) -> inUse == 0)
			.repeatWhenEmpty((empty) -> empty.delayElements(Duration.ofMillis(10)))
			.block(PATIENCE);
	}

	private static RunResult result(Half without, Half with, PoolMetrics pool) {
		List<List<Object>> rows = new ArrayList<>();
		rows.add(without.row(WITHOUT));
		rows.add(with.row(WITH));
		return RunResult.builder()
			.headline("In a transaction, %d of 3 transfers left half a booking; without one, %d did"
				.formatted(with.halves(), without.halves()))
			.count("bookings of the one that succeeds", with.success().count())
			.count("bookings of the one that fails", with.failure().count())
			.count("bookings of the one that is cancelled", with.cancellation().count())
			.table("Bookings in the table",
					List.of("", "of the one that succeeds", "of the one that fails", "of the one that is cancelled",
							"money made from nothing"),
					rows)
			.proof("If all steps succeed, all is committed", with.success(), with.success().equals(new Bookings(2, 0)))
			.proof("If a step in the middle fails, nothing stays", with.failure(), with.failure().count() == 0)
			.proof("If the caller leaves in the middle, nothing stays", with.cancellation(),
					with.cancellation().count() == 0)
			.proof("Nobody sees the half of it while it is under way",
					"%s; without a transaction %s".formatted(with.meanwhile(), without.meanwhile()),
					with.meanwhile().count() == 0 && without.meanwhile().count() == 1)
			.proof("Without a transaction, halves stay", without.halves() + " of 3", without.halves() == 2)
			.proof("The connections are back in the pool", pool.acquiredSize() + " in use", pool.acquiredSize() == 0)
			.build();
	}

	/**
	 * Somebody with a connection of their own, who sees what is committed.
	 */
	private static final class Onlooker {

		private final DatabaseClient client;

		private final PatternRun run;

		private Onlooker(ConnectionPool pool, PatternRun run) {
			this.client = DatabaseClient.create(pool);
			this.run = run;
		}

		Bookings bookings(String half, WayOut way) {
			return bookings(way.request(this.run.id(), half, Duration.ZERO).group()).blockOptional().orElseThrow();
		}

		private Mono<Bookings> bookings(String transfers) {
			return this.client.sql("""
					SELECT COUNT(*), COALESCE(SUM(amount), 0) FROM booking
					WHERE run = :run AND transfer LIKE :transfers""")
				.bind("run", this.run.id())
				.bind("transfers", transfers)
				.map((row) -> new Bookings(Objects.requireNonNull(row.get(0, Long.class)),
						Objects.requireNonNull(row.get(1, Long.class))))
				.one();
		}

		// until it is closed; a query that is under way then is waited for
		AutoCloseable draw(String half) {
			Sinks.Empty<Void> closed = Sinks.empty();
			CompletableFuture<?> drawn = Flux.interval(Duration.ZERO, Duration.ofMillis(20))
				.onBackpressureDrop()
				.takeUntilOther(closed.asMono())
				.concatMap((tick) -> bookings(half + "%"))
				.doOnNext((bookings) -> this.run.plot("bookings that others see", half, Shape.STEPS,
						(double) bookings.count()))
				.then()
				.toFuture();
			return () -> {
				closed.tryEmitEmpty().orThrow();
				drawn.get();
			};
		}

	}

	private record Bookings(long count, long sum) {

		@Override
		public String toString() {
			return "%d bookings".formatted(this.count);
		}

	}

	private record Half(Bookings meanwhile, Bookings success, Bookings failure, Bookings cancellation) {

		int halves() {
			return (int) List.of(this.success, this.failure, this.cancellation)
				.stream()
				.filter((bookings) -> bookings.count() == 1)
				.count();
		}

		List<Object> row(String name) {
			return List.of(name, this.success.count(), this.failure.count(), this.cancellation.count(),
					this.success.sum() + this.failure.sum() + this.cancellation.sum());
		}

	}

}
