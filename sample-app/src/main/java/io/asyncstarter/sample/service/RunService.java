package io.asyncstarter.sample.service;

import org.springframework.web.util.UriBuilderFactory;

/**
 * The service of one run. Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class RunService implements AutoCloseable {

	private final UriBuilderFactory address;

	private final Runnable onClose;

	RunService(UriBuilderFactory address, Runnable onClose) {
		this.address = address;
		this.onClose = onClose;
	}

	/**
	 * Where the service is: at {@code /services/{run}/{id}} beneath it.
	 * @return the address of this application
	 */
	public UriBuilderFactory address() {
		return this.address;
	}

	@Override
	public void close() {
		this.onClose.run();
	}

}
