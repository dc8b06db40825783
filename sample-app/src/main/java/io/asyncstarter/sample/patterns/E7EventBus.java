package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Component;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.LaneCounts;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.UpstreamClient;

/**
 * Spring's events, with a listener that is slow.
 */
@Component
class E7EventBus implements Pattern {

	private static final String ASYNC = "on executor 'events'";

	private static final String SYNC = "on the publisher's thread";

	private final ApplicationEventPublisher publisher;

	private final BoundedExecutor events;

	E7EventBus(ApplicationEventPublisher publisher, BoundedExecutors executors) {
		this.publisher = publisher;
		this.events = executors.get("events");
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("E7", "Event bus with a slow listener")
			.summary("""
					Who publishes an event does not know who listens. But Spring calls listeners on the publisher's \
					thread, one after another: a slow one slows it down. With @Async("events") the listener runs on \
					that executor, within its bound; what is too much for its queue is refused, and the publisher \
					is told.""")
			.useWhen("""
					Parts of an application are to be told, and the answer does not depend on it. Keep quick listeners \
					synchronous: they see the publisher's transaction. Publish more events than there is room for to \
					see the refusal; choose by when-full whether to refuse, to drop the oldest or to wait.""")
			.yaml("async.executors.events")
			.docs("streams")
			.asyncio("event bus", """
					class Bus:
					    def publish(self, event):
					        for listener in self.listeners[type(event)]:
					            self.queue.put_nowait((listener, event))

					    async def worker(self):
					        while True:
					            listener, event = await self.queue.get()
					            await listener(event)
					""")
			.parameter(Parameter.number("orders", 12, 2, 200, "Events that are published, one after another"))
			.parameter(Parameter.millis("latency", 80, 5, 1000, "How long the listener takes for one"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		Published slow = publish(run, SYNC);
		Published quick = publish(run, ASYNC);
		// end::run[]
		return result(run, slow, quick);
	}

	// tag::run[]

	private Published publish(PatternRun run, String how) throws Exception {
		Published published = new Published(run);
		long start = System.nanoTime();
		try {
			for (int i = 1; i <= run.number("orders"); i++) {
				OrderPlaced event = new OrderPlaced(i, how.equals(SYNC), run.lane(how, "order " + i).queued(),
						published);
				try {
					this.publisher.publishEvent(event);
				}
				catch (TaskRejectedException ex) {
					published.refused(event, ex);
				}
				run.gauge("waiting in executor 'events'", this.events.getQueuedCount(), this.events.getQueueCapacity());
			}
			published.took = Duration.ofNanos(System.nanoTime() - start);
			run.mark("all published");
			published.open.await();
			published.all = Duration.ofNanos(System.nanoTime() - start);
			return published;
		}
		finally {
			published.over = true;
		}
	}
	// end::run[]

	private RunResult result(PatternRun run, Published slow, Published quick) {
		int orders = run.number("orders");
		int bound = this.events.getMaxConcurrency();
		LaneCounts counts = run.counts(ASYNC);
		Duration least = run.millis("latency").multipliedBy(orders);
		return RunResult.builder()
			.headline("%d events published in %s instead of %s; %d handled, %d refused".formatted(orders,
					Timings.text(quick.took), Timings.text(slow.took), quick.handled.get(), quick.refused.get()))
			.time(ASYNC, quick.took, "publishing all events")
			.time(SYNC, slow.took, "publishing all events")
			.time("until the last one was handled", quick.all)
			.count("refused, since the queue was full", quick.refused.get())
			.count("most listeners at once", counts.peakRunning())
			.proof("On the publisher's thread, it waits for every listener",
					"%s, %s at least".formatted(Timings.text(slow.took), Timings.text(least)),
					slow.took.compareTo(least) >= 0 && slow.handled.get() == orders)
			.proof("On an executor, it does not",
					"published in %s, handled in %s".formatted(Timings.text(quick.took), Timings.text(quick.all)),
					quick.took.compareTo(quick.all) < 0 && quick.took.compareTo(slow.took) < 0)
			.proof("Never more listeners at once than the bound", "%d of %d".formatted(counts.peakRunning(), bound),
					counts.peakRunning() <= bound)
			.proof("Every event is handled, or refused and the publisher told",
					"%d and %d of %d".formatted(quick.handled.get(), quick.refused.get(), orders),
					quick.handled.get() + quick.refused.get() == orders && counts.done() == quick.handled.get()
							&& counts.failed() == quick.refused.get())
			.build();
	}

	// tag::run[]
	@Component
	static class Mailer {

		private final UpstreamClient mailServer;

		Mailer(UpstreamClient mailServer) {
			this.mailServer = mailServer;
		}

		@EventListener(condition = "#event.synchronous")
		void now(OrderPlaced event) throws Exception {
			event.published.handle(event, this.mailServer);
		}

		@Async("events")
		@EventListener(condition = "!#event.synchronous")
		void later(OrderPlaced event) throws Exception {
			event.published.handle(event, this.mailServer);
		}

	}

	record OrderPlaced(int number, boolean synchronous, Lane lane, Published published) {

	}
	// end::run[]

	/**
	 * The events of one half of a run, and what became of them.
	 */
	private static final class Published {

		private final AtomicInteger handled = new AtomicInteger();

		private final AtomicInteger refused = new AtomicInteger();

		private final PatternRun run;

		private final CountDownLatch open;

		private volatile Duration took = Duration.ZERO;

		private volatile Duration all = Duration.ZERO;

		private volatile boolean over;

		private Published(PatternRun run) {
			this.run = run;
			this.open = new CountDownLatch(run.number("orders"));
		}

		private void handle(OrderPlaced event, UpstreamClient mailServer) throws Exception {
			if (this.over) {
				event.lane.cancelled("its run is over");
				return;
			}
			try {
				event.lane.call(() -> mailServer.item(event.number, this.run.millis("latency"), this.run.id()));
				this.handled.incrementAndGet();
			}
			finally {
				this.open.countDown();
			}
		}

		private void refused(OrderPlaced event, TaskRejectedException refusal) {
			event.lane.ended(refusal);
			this.refused.incrementAndGet();
			this.open.countDown();
		}

	}

}
