package io.asyncstarter.sample.database;

import java.time.Duration;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.ConnectionFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The embedded database of {@code spring.r2dbc}, which starts when somebody needs it.
 *
 * @since 0.1.0
 */
@Component
public class Database {

	private static final String FUNCTIONS = DatabaseFunctions.class.getName();

	private final ConnectionFactory connections;

	private final Scheduler io;

	private final Mono<Void> schema;

	Database(ConnectionPool pool, @Qualifier("io") AsyncTaskExecutor io) {
		this.connections = pool.unwrap();
		this.io = Schedulers.fromExecutor(io);
		// only deterministic functions leave a result lazy
		this.schema = Flux
			.just("CREATE ALIAS IF NOT EXISTS pause FOR '%s.pause'".formatted(FUNCTIONS),
					"CREATE ALIAS IF NOT EXISTS made DETERMINISTIC FOR '%s.made'".formatted(FUNCTIONS),
					"CREATE TABLE IF NOT EXISTS booking (run VARCHAR, transfer VARCHAR, account VARCHAR, amount INT)")
			.concatMap((ddl) -> DatabaseClient.create(pool).sql(ddl).then())
			.then()
			.cache();
	}

	/**
	 * Open a pool of connections, as {@code spring.r2dbc.pool} does, once the schema is
	 * there. Its connections are handed out on the executor {@code io}: an embedded
	 * database works on the thread that asks, others have threads of their own.
	 * @param size the most connections there are at once
	 * @param maxWait how long one waits for a connection
	 * @return a pool, to be disposed of
	 */
	public ConnectionPool pool(int size, Duration maxWait) {
		this.schema.block();
		return new ConnectionPool(ConnectionPoolConfiguration.builder(this.connections)
			.initialSize(0)
			.maxSize(size)
			.maxAcquireTime(maxWait)
			.customizer((builder) -> builder.acquisitionScheduler(this.io))
			.build());
	}

	/**
	 * The threads that the database works on.
	 * @return the executor {@code io}, for chains that come from elsewhere
	 */
	public Scheduler threads() {
		return this.io;
	}

}
