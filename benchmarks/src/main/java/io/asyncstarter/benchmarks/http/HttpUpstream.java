package io.asyncstarter.benchmarks.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * A server in a process of its own, so that the CPU time of this process is the client's.
 */
public final class HttpUpstream implements AutoCloseable {

	private static final String ANSWER = "x".repeat(1024);

	private final Process process;

	private final String url;

	private HttpUpstream(Process process, String url) {
		this.process = process;
		this.url = url;
	}

	static HttpUpstream start() {
		try {
			Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
					"-cp", System.getProperty("java.class.path"), HttpUpstream.class.getName())
				.redirectError(ProcessBuilder.Redirect.INHERIT)
				.start();
			BufferedReader output = new BufferedReader(
					new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
			for (String line = output.readLine(); line != null; line = output.readLine()) {
				if (line.startsWith("http://")) {
					return new HttpUpstream(process, line);
				}
			}
			throw new IllegalStateException("The server did not start");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String url() {
		return this.url;
	}

	@Override
	public void close() {
		this.process.destroy();
	}

	/**
	 * Serves until the process is ended.
	 * @param args none
	 */
	public static void main(String[] args) {
		DisposableServer server = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.handle((request, response) -> response.sendString(Mono.just(ANSWER)))
			.bindNow();
		System.out.println("http://127.0.0.1:" + server.port());
		server.onDispose().block();
	}

}
