package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.PoolMetrics;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcProperties;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.resource.ResourceScope;
import io.asyncstarter.sample.database.Database;
import io.asyncstarter.sample.database.DatabaseWatch;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Shape;
import io.asyncstarter.sample.gallery.Timings;

/**
 * A database without blocking: many queries over few connections, and a large result in
 * little memory.
 */
@Component
class F4AsyncDatabase implements Pattern {

	private static final String QUERIES = "queries";

	private static final String CONNECTIONS = "connections";

	private static final String STREAMED = "streamed";

	private static final String COLLECTED = "collected";

	// how many rows are asked for at a time
	private static final int FETCH = 256;

	private final Database database;

	private final R2dbcProperties.Pool properties;

	F4AsyncDatabase(Database database, R2dbcProperties properties) {
		this.database = database;
		this.properties = properties.getPool();
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("F4", "Async database")
			.summary("""
					Many queries are asked for at once and share a few connections of an R2DBC pool; whoever waits \
					for one waits in line and holds no thread. A large result comes as a stream: rows are made as \
					they are asked for, so it needs no more memory than a small one, unless it is collected.""")
			.useWhen("""
					The application is reactive and its database has an R2DBC driver. With virtual threads, JDBC \
					does as well: bound it by an executor (A2). Either way it is the pool that keeps the database \
					from more work than it can bear; bound the wait for it too.""")
			.yaml("spring.r2dbc")
			.docs("resources")
			.asyncio("asyncpg", """
					pool = await asyncpg.create_pool(url, max_size=4)

					rows = await asyncio.gather(*(
					    pool.fetchval(sql, i) for i in range(queries)))

					async with pool.acquire() as connection:
					    async with connection.transaction():
					        async for row in connection.cursor(sql):
					            handle(row)
					""")
			.parameter(Parameter.number(QUERIES, 40, 1, 500, "How many queries are asked for at once"))
			.parameter(Parameter.number(CONNECTIONS, this.properties.getMaxSize(), 1, 16, "How many connections"))
			.parameter(Parameter.millis("latency", 60, 1, 1000, "How long a query takes"))
			.parameter(Parameter.millis("maxWait",
					(int) Objects.requireNonNull(this.properties.getMaxAcquireTime()).toMillis(), 1, 30_000,
					"How long a query waits for a connection"))
			.parameter(Parameter.number("rows", 20_000, 5000, 1_000_000, "How many rows the large result has"))
			.parameter(Parameter.number("size", 1024, 1, 8192, "How many bytes each of them has"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		return ResourceScope.call((scope) -> {
			// spring.r2dbc.pool, with the numbers of this run
			ConnectionPool pool = scope.use(this.database.pool(run.number(CONNECTIONS), run.millis("maxWait")),
					ConnectionPool::dispose);
			DatabaseClient client = DatabaseClient.create(pool);

			run.note("%d queries at once, on %d connections".formatted(run.number(QUERIES), run.number(CONNECTIONS)));
			Answers answers = query(run, client, pool.getMetrics().orElseThrow());

			run.note("A large result: each row is handled when it comes");
			Rows streamed = read(run, STREAMED, run.number("rows"), (watch, rows) -> {
				try (Stream<String> stream = select(client, watch, rows, run.number("size")).toStream(FETCH)) {
					stream.forEach((row) -> watch.handedOut());
				}
			});

			run.note("The mistake: all rows are collected first");
			Rows collected = read(run, COLLECTED, Math.min(run.number("rows"), 20_000),
					(watch, rows) -> select(client, watch, rows, run.number("size")).collectList()
						.blockOptional()
						.orElseThrow()
						.forEach((row) -> watch.handedOut()));
			// end::run[]
			return result(run, answers, pool.getMetrics().orElseThrow(), streamed, collected);
		});
	}

	// tag::run[]

	private static Answers query(PatternRun run, DatabaseClient client, PoolMetrics pool) {
		int queries = run.number(QUERIES);
		List<Lane> lanes = new ArrayList<>();
		for (int i = 0; i < queries; i++) {
			lanes.add(run.lane(QUERIES, "query " + i));
		}
		AtomicInteger mostInLine = new AtomicInteger();
		try (DatabaseWatch atDatabase = DatabaseWatch.of(run.id(), (query) -> lanes.get(query).running(null), (now) -> {
			int inLine = pool.pendingAcquireSize();
			mostInLine.accumulateAndGet(inLine, Math::max);
			run.gauge("queries at the database", now, run.number(CONNECTIONS));
			run.gauge("in line for a connection", inLine);
		})) {
			long start = System.nanoTime();
			List<Integer> answers = Flux.range(0, queries).flatMap((query) -> {
				Mono<Integer> answer = client.sql("SELECT pause(:run, :query, :millis)")
					.bind("run", run.id())
					.bind("query", query)
					.bind("millis", run.number("latency"))
					.map((row) -> Objects.requireNonNull(row.get(0, Integer.class)))
					.one();
				return lanes.get(query)
					.waiting("for a connection")
					.track(answer)
					.onErrorResume(DataAccessResourceFailureException.class, (refused) -> Mono.empty());
			}, queries).collectList().blockOptional().orElseThrow();
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			return new Answers(answers, took, atDatabase, mostInLine.get());
		}
	}

	private static Flux<String> select(DatabaseClient client, DatabaseWatch watch, int rows, int size) {
		return client.sql("SELECT made(:run, X) AS number, REPEAT('x', :size) AS content FROM SYSTEM_RANGE(1, :rows)")
			.bind("run", watch.run())
			.bind("size", size)
			.bind("rows", rows)
			.map((row) -> Objects.requireNonNull(row.get("content", String.class)))
			.all();
	}
	// end::run[]

	private static Rows read(PatternRun run, String how, int rows, Reader reader) {
		try (DatabaseWatch watch = DatabaseWatch.of(run.id() + "-" + how, (query) -> {
		}, (now) -> {
		})) {
			Disposable drawing = Flux.interval(Duration.ofMillis(20))
				.onBackpressureDrop()
				.subscribe((tick) -> run.plot("rows held", how, Shape.LINE, watch.held()));
			long start = System.nanoTime();
			try {
				reader.read(watch, rows);
			}
			finally {
				drawing.dispose();
			}
			return new Rows(watch, Duration.ofNanos(System.nanoTime() - start));
		}
	}

	private static RunResult result(PatternRun run, Answers answers, PoolMetrics pool, Rows streamed, Rows collected) {
		int queries = run.number(QUERIES);
		int connections = run.number(CONNECTIONS);
		int rows = run.number("rows");
		int peak = answers.atDatabase().peak();
		int refused = run.counts(QUERIES).failed();
		double size = run.number("size") / 1024.0 / 1024.0;
		return RunResult.builder()
			.headline("%d queries on %d connections in %s; %,d rows streamed with %d held at most".formatted(
					answers.answers().size(), pool.allocatedSize(), Timings.text(answers.took()),
					streamed.watch().rows(), streamed.watch().mostHeld()))
			.count("most queries at the database", peak)
			.count("connections opened", pool.allocatedSize())
			.count("most in line for a connection", answers.mostInLine())
			.count("refused after the wait", refused)
			.figure("rows a second, streamed", streamed.speed(), "")
			.figure("held at most, streamed", streamed.watch().mostHeld() * size, "MB", "held")
			.figure("held at most, collected", collected.watch().mostHeld() * size, "MB", "held")
			.proof("Never more queries than connections", "%d of %d".formatted(peak, connections),
					peak <= connections && pool.allocatedSize() <= connections)
			.proof("Queries run concurrently", "%d at once".formatted(peak),
					peak > 1 || Math.min(queries, connections) == 1)
			.proof("Each query is answered, or refused after the wait",
					"%d + %d of %d".formatted(answers.answers().size(), refused, queries),
					answers.answers().stream().distinct().count() + refused == queries)
			.proof("A streamed result is made as it is read, all of it",
					"%d of %,d rows held at most".formatted(streamed.watch().mostHeld(), streamed.watch().rows()),
					streamed.watch().rows() == rows && streamed.watch().mostHeld() <= 2 * FETCH)
			.proof("A collected one is held as a whole", "%,d rows".formatted(collected.watch().mostHeld()),
					collected.watch().mostHeld() == collected.watch().rows())
			.proof("All connections are back in the pool", pool.acquiredSize() + " in use", pool.acquiredSize() == 0)
			.build();
	}

	/**
	 * A way to read rows.
	 */
	private interface Reader {

		void read(DatabaseWatch watch, int rows);

	}

	private record Answers(List<Integer> answers, Duration took, DatabaseWatch atDatabase, int mostInLine) {

	}

	private record Rows(DatabaseWatch watch, Duration took) {

		double speed() {
			return Math.rint(this.watch.rows() / (this.took.toNanos() / 1e9));
		}

	}

}
