package io.asyncstarter.autoconfigure;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

import io.asyncstarter.monitor.AsyncMonitor;

/**
 * Tells the monitors when the application has started: on a busy machine that may be long
 * after they have.
 */
final class MonitorReadiness implements ApplicationListener<ApplicationReadyEvent> {

	private final AsyncMonitor monitor;

	MonitorReadiness(AsyncMonitor monitor) {
		this.monitor = monitor;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		this.monitor.ready();
	}

}
