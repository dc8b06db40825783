package io.asyncstarter.http;

import java.net.URI;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What of a request's address is the key by which rate limiters, and bulkheads that go by
 * key, tell calls apart.
 *
 * @since 0.1.0
 */
public enum HttpKey {

	/**
	 * Nothing: all calls share tokens and permits.
	 */
	NONE,

	/**
	 * The host: each has tokens and permits of its own.
	 */
	HOST,

	/**
	 * The host and the port.
	 */
	HOST_AND_PORT;

	private static final int HTTP = 80;

	private static final int HTTPS = 443;

	@Nullable Object of(URI uri) {
		String host = uri.getHost();
		if (this == NONE || host == null) {
			return null;
		}
		String key = host.toLowerCase(Locale.ROOT);
		return (this == HOST) ? key : key + ":" + port(uri);
	}

	private static int port(URI uri) {
		if (uri.getPort() >= 0) {
			return uri.getPort();
		}
		return ("https".equalsIgnoreCase(uri.getScheme())) ? HTTPS : HTTP;
	}

}
