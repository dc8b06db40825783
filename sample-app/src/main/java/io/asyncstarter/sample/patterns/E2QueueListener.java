package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClientException;

import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.queue.DeadLetter;
import io.asyncstarter.queue.Delivery;
import io.asyncstarter.queue.QueueListener;
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.LaneCounts;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamLoad;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.sample.upstream.UpstreamWatch;

/**
 * {@code @QueueListener}, retries and dead letters.
 */
@Component
class E2QueueListener implements Pattern {

	private static final String MAILS = "mails";

	private final BoundedExecutors executors;

	private final WorkQueue<Mail> mails;

	private final UpstreamLoad load;

	private final int maxAttempts;

	E2QueueListener(BoundedExecutors executors, @Qualifier(MAILS) WorkQueue<Mail> mails, Policies policies,
			UpstreamLoad load) {
		this.executors = executors;
		this.mails = mails;
		this.load = load;
		this.maxAttempts = policies.get("mailing").getRetry().orElseThrow().getRetryConfig().getMaxAttempts();
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("E2", "@QueueListener: many producers, many consumers")
			.summary("""
					A method with @QueueListener processes the items of a queue, several at a time. What fails is \
					tried again by the queue's policy; what fails for good becomes a dead letter, with its cause and \
					the number of attempts, and goes to another queue. The others are not disturbed.""")
			.useWhen("""
					Work is handed over to be done soon, by whom does not matter, and a failure is to be seen later \
					rather than thrown. The items live in this process: what must outlive it belongs in a broker or \
					a table.""")
			.yaml("async.policies.mailing")
			.yaml("async.queues.mails")
			.yaml("async.queues.mails-failed")
			.docs("queues")
			.asyncio("worker tasks", """
					async def worker():
					    while True:
					        mail = await mails.get()
					        try:
					            await send_with_retries(mail)
					        except Exception as ex:
					            await failed.put((mail, ex))
					        finally:
					            mails.task_done()

					for i in range(4):
					    group.create_task(worker())
					""")
			.parameter(Parameter.number(MAILS, 40, 1, 300, "Mails to be sent"))
			.parameter(Parameter.number("producers", 4, 1, 20, "Those who put them into the queue"))
			.parameter(Parameter.number("failing", 4, 0, 50, "Mails that fail however often they are tried"))
			.parameter(Parameter.number("flaky", 6, 0, 50, "Mails that fail the first time"))
			.parameter(Parameter.millis("latency", 60, 1, 1000, "How long the mail server takes for one"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		Mailing mailing = new Mailing(run, new CountDownLatch(run.number(MAILS)));
		try (UpstreamWatch atUpstream = this.load.watch(run.id(),
				(now) -> run.gauge("mails at the mail server", now))) {
			Queue<Mail> toSend = new ConcurrentLinkedQueue<>();
			for (int i = 1; i <= run.number(MAILS); i++) {
				toSend.add(new Mail(i, mailing, run.lane("", "mail " + i)));
			}
			List<Future<?>> producers = new ArrayList<>();
			for (int i = 1; i <= run.number("producers"); i++) {
				producers.add(run.submit(this.executors.get("io"), () -> {
					for (Mail mail = toSend.poll(); mail != null; mail = toSend.poll()) {
						mail.lane.queued();
						// waits while the queue is full
						this.mails.put(mail);
						mailing.depth(this.mails.size());
					}
					return null;
				}));
			}
			for (Future<?> producer : producers) {
				producer.get();
			}
			mailing.open.await();
			// end::run[]
			return result(mailing, atUpstream);
			// tag::run[]
		}
		finally {
			mailing.over = true;
		}
	}
	// end::run[]

	private RunResult result(Mailing mailing, UpstreamWatch atUpstream) {
		PatternRun run = mailing.run;
		int mails = run.number(MAILS);
		int failing = Math.min(run.number("failing"), mails);
		LaneCounts counts = run.counts("");
		int consumers = this.mails.getStats().consumers();
		int capacity = this.mails.getCapacity();
		List<DeadLetter<Mail>> letters = mailing.letters.stream()
			.sorted(Comparator.comparingInt((letter) -> letter.item().number))
			.toList();
		List<List<Object>> rows = new ArrayList<>();
		letters.forEach((letter) -> rows
			.add(List.of("mail " + letter.item().number, letter.reason(), letter.cause().getClass().getSimpleName(),
					letter.attempts(), Timings.text(Duration.between(letter.acceptedAt(), letter.givenUpAt())))));
		return RunResult.builder()
			.headline("%d mails: %d sent, %d given up after %d attempts; %d at a time at most".formatted(mails,
					counts.done(), letters.size(), this.maxAttempts, atUpstream.peak()))
			.count("attempts made", atUpstream.served())
			.count("most mails in the queue", mailing.deepest.get())
			.count("most mails at once, seen by the mail server", atUpstream.peak())
			.table("Dead letters", List.of("mail", "reason", "cause", "attempts", "given up after"), rows)
			.proof("Every mail was sent or given up, once",
					"%d and %d of %d".formatted(mailing.sent.get(), letters.size(), mails),
					mailing.sent.get() + letters.size() == mails && mailing.open.getCount() == 0)
			.proof("Those that fail are dead letters, with cause and attempts",
					"%d of %d".formatted(letters.size(), failing),
					letters.size() == failing && letters.stream()
						.allMatch((letter) -> letter.item().number <= failing
								&& letter.cause() instanceof RestClientException
								&& letter.attempts() == this.maxAttempts))
			.proof("All others were sent", "%d of %d".formatted(counts.done(), mails - failing),
					counts.done() == mails - failing)
			.proof("Never more at a time than consumers", "%d of %d".formatted(atUpstream.peak(), consumers),
					atUpstream.peak() <= consumers)
			.proof("Never more in the queue than its capacity", "%d of %d".formatted(mailing.deepest.get(), capacity),
					mailing.deepest.get() <= capacity)
			.build();
	}

	// tag::run[]
	@Component
	static class Mailer {

		private final UpstreamClient mailServer;

		Mailer(UpstreamClient mailServer) {
			this.mailServer = mailServer;
		}

		@QueueListener(MAILS)
		void send(Mail mail, Delivery<Mail> delivery) throws Exception {
			if (mail.mailing.over) {
				mail.lane.cancelled("its run is over");
				return;
			}
			try {
				mail.lane.piece("attempt " + delivery.attempt(), () -> this.mailServer.item(mail.request()));
			}
			catch (RestClientException ex) {
				mail.lane.waiting("for what comes next");
				throw ex;
			}
			mail.sent();
		}

		@QueueListener("mails-failed")
		void failed(Mail mail, DeadLetter<Mail> letter) {
			mail.failed(letter);
		}

	}
	// end::run[]

	/**
	 * A mail of a run: the first ones fail for good, and the next ones once.
	 */
	static final class Mail {

		private final int number;

		private final Mailing mailing;

		private final Lane lane;

		private Mail(int number, Mailing mailing, Lane lane) {
			this.number = number;
			this.mailing = mailing;
			this.lane = lane;
		}

		private UpstreamRequest request() {
			PatternRun run = this.mailing.run;
			int failing = run.number("failing");
			int failures = (this.number <= failing) ? Integer.MAX_VALUE
					: (this.number <= failing + run.number("flaky")) ? 1 : 0;
			return UpstreamRequest.of(run.id(), this.number).latency(run.millis("latency")).failFirst(failures);
		}

		private void sent() {
			this.lane.done();
			this.mailing.sent.incrementAndGet();
			this.mailing.open.countDown();
		}

		private void failed(DeadLetter<Mail> letter) {
			this.lane.ended(letter.cause());
			this.mailing.letters.add(letter);
			this.mailing.open.countDown();
		}

	}

	/**
	 * The mails of one run. The queue is that of all runs.
	 */
	private static final class Mailing {

		private final PatternRun run;

		private final CountDownLatch open;

		private final AtomicInteger sent = new AtomicInteger();

		private final AtomicInteger deepest = new AtomicInteger();

		private final Queue<DeadLetter<Mail>> letters = new ConcurrentLinkedQueue<>();

		private volatile boolean over;

		private Mailing(PatternRun run, CountDownLatch open) {
			this.run = run;
			this.open = open;
		}

		private void depth(int depth) {
			this.deepest.accumulateAndGet(depth, Math::max);
			this.run.gauge("mails in the queue", depth);
		}

	}

}
