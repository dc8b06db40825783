package io.asyncstarter.sample.patterns;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import org.springframework.stereotype.Component;

import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.upstream.Item;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamLoad;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.sample.upstream.UpstreamWatch;
import io.asyncstarter.task.Subtask;
import io.asyncstarter.task.Tasks;

/**
 * A shield.
 */
@Component
class B13Shield implements Pattern {

	private static final String BARE = "without a shield";

	private static final String SHIELDED = "with a shield";

	private static final String CALLER = "the caller";

	private static final String PAYMENT = "the payment";

	private final Tasks tasks;

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	B13Shield(Tasks tasks, UpstreamClient upstream, UpstreamLoad load) {
		this.tasks = tasks;
		this.upstream = upstream;
		this.load = load;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("B13", "Shield").summary("""
				The caller waits for work that must not be cut off: if the caller is cancelled, the caller \
				leaves and the work goes on to its end. It is background work then, with a name, listed, and \
				its failure is reported.""").useWhen("""
				Half of it would be worse than all or nothing: a payment, a commit. Keep what is shielded \
				short, give it a deadline of its own, and make the whole repeatable all the same: a shield does \
				not help against a power cut.""").docs("tasks").asyncio("shield", """
				payment = asyncio.create_task(pay(order))
				await asyncio.shield(payment)
				""").parameter(Parameter.millis("latency", 800, 100, 10_000, "How long the payment takes")).build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		run.note("The caller pays, and is cancelled while the payment is under way");
		Half bare = half(run, BARE, (payment) -> payment.call());
		run.note("The same with a shield around the payment");
		Half shielded = half(run, SHIELDED, (payment) -> this.tasks.shield(PAYMENT, payment));
		// end::run[]
		return result(run, bare, shielded);
	}

	// tag::run[]

	private Half half(PatternRun run, String name, Call call) throws Exception {
		CountDownLatch underWay = new CountDownLatch(1);
		CountDownLatch ended = new CountDownLatch(1);
		UpstreamRequest request = UpstreamRequest.of(run.id(), 1).group(name).latency(run.millis("latency"));
		Lane payment = run.lane(PAYMENT + ", " + name, PAYMENT);
		Lane caller = run.lane(CALLER + ", " + name, CALLER);
		Callable<Item> work = () -> {
			try {
				return payment.call(() -> this.upstream.item(request));
			}
			finally {
				ended.countDown();
			}
		};
		try (UpstreamWatch atUpstream = this.load
			.watch(run.id(), name, (now) -> run.gauge("payments at the upstream", now))
			.onArrival(underWay::countDown)) {
			Subtask<Item> subtask = this.tasks.inGroup("callers", (group) -> {
				Subtask<Item> forked = group.fork(CALLER, () -> caller.call(() -> call.make(work)));
				underWay.await();
				forked.cancel();
				return forked;
			});
			// the caller has left: what of the payment?
			boolean goesOn = ended.getCount() > 0;
			ended.await();
			atUpstream.awaitIdle(run.millis("latency"));
			return new Half(subtask.state(), goesOn, atUpstream.cancelled());
		}
	}
	// end::run[]

	private static RunResult result(PatternRun run, Half bare, Half shielded) {
		int cutOff = run.counts(PAYMENT + ", " + BARE).cancelled();
		int done = run.counts(PAYMENT + ", " + SHIELDED).done();
		return RunResult.builder()
			.headline("Both callers were cancelled: without a shield the payment was %s, with one it was %s"
				.formatted((cutOff > 0) ? "cut off" : "finished", (done > 0) ? "finished" : "cut off"))
			.count("payments cut off at the upstream, without a shield", bare.cutOff())
			.count("payments cut off at the upstream, with a shield", shielded.cutOff())
			.proof("Without a shield, the work is cancelled with its caller", cutOff + " cancelled",
					bare.caller() == Subtask.State.CANCELLED && cutOff == 1 && !bare.goesOn())
			.proof("With a shield, the caller is cancelled all the same", shielded.caller(),
					shielded.caller() == Subtask.State.CANCELLED)
			.proof("It does not wait for the work", shielded.goesOn() ? "still under way" : "over", shielded.goesOn())
			.proof("The work is finished", "%d done, %d cut off at the upstream".formatted(done, shielded.cutOff()),
					done == 1 && shielded.cutOff() == 0)
			.build();
	}

	/**
	 * How the caller makes its call.
	 */
	private interface Call {

		Item make(Callable<Item> work) throws Exception;

	}

	private record Half(Subtask.State caller, boolean goesOn, int cutOff) {

	}

}
