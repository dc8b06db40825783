package io.asyncstarter.sample.eventloop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

import io.netty.util.concurrent.EventExecutor;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.stereotype.Component;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The event loops of the web server.
 *
 * @since 0.1.0
 */
@Component
public class EventLoops {

	private final ReactorResourceFactory resources;

	EventLoops(ReactorResourceFactory resources) {
		this.resources = resources;
	}

	/**
	 * Count the event loops.
	 * @return how many there are
	 */
	public int count() {
		return loops().size();
	}

	/**
	 * The event loops as a place to begin work at, one loop after the other.
	 * @return a scheduler
	 */
	public Scheduler scheduler() {
		return Schedulers.fromExecutor(this.resources.getLoopResources().onServer(true));
	}

	/**
	 * Ask every event loop at an interval how late it is.
	 * @param interval the time between two questions to one loop
	 * @return a probe that goes on until it is closed
	 */
	public LagProbe watch(Duration interval) {
		return watch(interval, (lag) -> {
		});
	}

	/**
	 * Ask every event loop at an interval how late it is.
	 * @param interval the time between two questions to one loop
	 * @param onLag told each answer in nanoseconds, on the loop that gave it; may not
	 * block
	 * @return a probe that goes on until it is closed
	 */
	public LagProbe watch(Duration interval, LongConsumer onLag) {
		return new LagProbe(loops(), interval, onLag);
	}

	private List<EventExecutor> loops() {
		List<EventExecutor> loops = new ArrayList<>();
		this.resources.getLoopResources().onServer(true).forEach(loops::add);
		return loops;
	}

}
