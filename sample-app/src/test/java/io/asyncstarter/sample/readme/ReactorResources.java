package io.asyncstarter.sample.readme;

import java.nio.file.Path;
import java.util.List;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import reactor.core.publisher.Mono;

/**
 * The chain of the page on resources.
 */
final class ReactorResources {

	private ReactorResources() {
	}

	static Mono<Report> report(ConnectionFactory connectionFactory, List<Path> paths) {
		Mono<Report> report = Mono.usingWhen(connectionFactory.create(),
				(connection) -> Mono.usingWhen(open(paths), (parts) -> report(connection, parts), Parts::close),
				Connection::close);
		return report;
	}

	private static Mono<Parts> open(List<Path> paths) {
		return Mono.just(new Parts(paths));
	}

	private static Mono<Report> report(Connection connection, Parts parts) {
		return Mono.just(new Report(connection.getMetadata().getDatabaseProductName() + parts));
	}

	record Parts(List<Path> paths) {

		Mono<Void> close() {
			return Mono.empty();
		}

	}

	record Report(String text) {

	}

}
