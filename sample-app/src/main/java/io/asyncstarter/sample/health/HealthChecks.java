package io.asyncstarter.sample.health;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.util.concurrent.ExecutionException;

import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutorStats;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.sample.service.RunServices;

/**
 * Checks that block until they know, and are ended by an interrupt. What they return is
 * for the reader; what is not well is an exception. Instances are safe for use by
 * multiple threads.
 *
 * @since 0.1.0
 */
@Component
public class HealthChecks {

	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final RunServices services;

	private final BoundedExecutors executors;

	HealthChecks(RunServices services, BoundedExecutors executors) {
		this.services = services;
		this.executors = executors;
	}

	/**
	 * Ask this application over HTTP.
	 * @param path what to ask for
	 * @return the answer, or its beginning
	 */
	public String get(String path) {
		String answer = RestClient.builder()
			.uriBuilderFactory(this.services.address())
			.requestFactory(new JdkClientHttpRequestFactory(this.http))
			.build()
			.get()
			.uri(path)
			.retrieve()
			.body(String.class);
		return (answer != null) ? answer.substring(0, Math.min(answer.length(), 60)) : "";
	}

	/**
	 * Connect to the port that this application listens to.
	 * @return where that is
	 * @throws IOException if it cannot be reached
	 */
	public String connect() throws IOException {
		return connect(this.services.address().builder().build().getPort());
	}

	/**
	 * Connect to a port that nobody listens to.
	 * @return never
	 * @throws IOException since nobody does
	 */
	public String connectInVain() throws IOException {
		try (Socket taken = new Socket()) {
			taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			return connect(taken.getLocalPort());
		}
	}

	private static String connect(int port) throws IOException {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			return "port " + socket.getPort();
		}
	}

	/**
	 * See whether an executor takes a task and does it.
	 * @param name the name of the executor
	 * @return how busy it is
	 * @throws ExecutionException if the task failed
	 * @throws InterruptedException if this thread was interrupted
	 */
	public String run(String name) throws ExecutionException, InterruptedException {
		BoundedExecutor executor = this.executors.get(name);
		BoundedExecutorStats stats = executor.submit(executor::getStats).get();
		return "%d of %d running, %d queued".formatted(stats.running(), stats.maxConcurrency(), stats.queued());
	}

}
