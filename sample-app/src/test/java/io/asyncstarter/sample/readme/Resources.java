package io.asyncstarter.sample.readme;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import io.asyncstarter.resource.ResourceScope;

/**
 * The scope of the page on resources.
 */
final class Resources {

	private Resources() {
	}

	static Report report(DataSource dataSource, List<Path> paths, Cache cache) throws Exception {
		Report report = ResourceScope.call((scope) -> {
			Connection connection = scope.use(dataSource.getConnection());
			List<InputStream> parts = new ArrayList<>();
			for (Path path : paths) {
				// if this fails, the earlier ones are closed
				parts.add(scope.use(Files.newInputStream(path)));
			}
			// anything else that is to be done
			scope.defer(() -> cache.evict(paths));
			return report(connection, parts);
		});
		return report;
	}

	private static Report report(Connection connection, List<InputStream> parts) throws SQLException, IOException {
		StringBuilder text = new StringBuilder(connection.getCatalog());
		for (InputStream part : parts) {
			text.append(part.read());
		}
		return new Report(text.toString());
	}

	interface Cache {

		void evict(List<Path> paths);

	}

	record Report(String text) {

	}

}
