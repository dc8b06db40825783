package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClientException;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.resource.ResourceScope;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.LaneCounts;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.Item;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamLoad;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.sample.upstream.UpstreamWatch;

/**
 * Many resources, released in reverse on every way out.
 */
@Component
class F2ResourceScope implements Pattern {

	private static final String LATE = "the deadline passes";

	private static final String SUCCEEDS = "the work succeeds";

	private static final String FAILS = "the work fails";

	private static final String CANCELLED = "the caller is cancelled";

	private static final String LEASES = "leases";

	private static final String GIVEN_BACK = "given back";

	private static final String WORK = "work";

	// longer than anybody waits for it
	private static final Duration FOREVER = Duration.ofSeconds(10);

	private final BoundedExecutors executors;

	private final UpstreamClient upstream;

	private final UpstreamLoad load;

	F2ResourceScope(BoundedExecutors executors, UpstreamClient upstream, UpstreamLoad load) {
		this.executors = executors;
		this.upstream = upstream;
		this.load = load;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("F2", "Many resources, last in, first out")
			.summary("""
					Leases are taken one after another, as many as it turns out, and given back in the opposite \
					order however the work ends. A failing release keeps neither the others from being released nor \
					the first error from being thrown. After the deadline each release has a short time of its own; \
					one that hangs is cut off when that is over.""")
			.useWhen("""
					How many resources there are turns out on the way, or some are to outlive the block; and \
					whenever a release takes time, since a deadline that has passed must not cut it off. For one or \
					two that are known, try-with-resources is enough.""")
			.yaml("async.executors.io")
			.docs("resources")
			.asyncio("AsyncExitStack", """
					async with asyncio.timeout(0.9):
					    async with AsyncExitStack() as stack:
					        leases = [
					            await stack.enter_async_context(lease(i))
					            for i in range(n)]
					        await work(leases)
					        # a release that begins after the timeout
					        # has all the time it wants
					""")
			.parameter(Parameter.choice("ends", "How the work ends", LATE, SUCCEEDS, FAILS, CANCELLED))
			.parameter(Parameter.number(LEASES, 5, 2, 12, "How many leases are taken"))
			.parameter(Parameter.number("failing", 1, 0, 5, "How many of them fail to be given back"))
			.parameter(Parameter.flag("hanging", true, "Whether another one hangs, if the deadline passes"))
			.parameter(Parameter.millis("deadline", 900, 100, 5000, "The deadline, if it passes"))
			.parameter(Parameter.millis("cleanup", 600, 100, 5000, "What each release has after the deadline"))
			.parameter(Parameter.millis("latency", 70, 1, 1000, "How long it takes to take or give back a lease"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		Leases leases = new Leases(run);
		CompletableFuture<Boolean> underWay = new CompletableFuture<>();
		CompletableFuture<@Nullable Throwable> ended = new CompletableFuture<>();
		BoundedExecutor io = this.executors.get("io");
		try (UpstreamWatch givenBack = this.load.watch(run.id(), GIVEN_BACK, (now) -> {
		}); UpstreamWatch atWork = this.load.watch(run.id(), WORK, (now) -> {
		})) {
			atWork.onArrival(() -> underWay.complete(true));
			Lane lane = run.lane("", "the work").queued();
			Future<?> caller = run.submit(io, () -> {
				try {
					lane.call(() -> work(run, leases));
					ended.complete(null);
					return true;
				}
				catch (Throwable ex) {
					ended.complete(ex);
					throw ex;
				}
			});
			if (run.choice("ends").equals(CANCELLED)) {
				CompletableFuture.anyOf(underWay, ended).get();
				caller.cancel(true);
			}
			Throwable failure = ended.get();
			// end::run[]
			return result(run, leases, givenBack.served(), failure);
		}
	}

	// tag::run[]

	private Item work(PatternRun run, Leases leases) throws Exception {
		Duration deadline = run.choice("ends").equals(LATE) ? run.millis("deadline") : Duration.ofMinutes(1);
		return Deadline.within("order", deadline, () -> ResourceScope.call(run.millis("cleanup"), (scope) -> {
			for (int i = 1; i <= run.number(LEASES); i++) {
				int number = i;
				scope.acquire(() -> leases.take(number), leases::giveBack);
			}
			return this.upstream.item(leases.work());
		}));
	}
	// end::run[]

	private static RunResult result(PatternRun run, Leases leases, int served, @Nullable Throwable failure) {
		String ends = run.choice("ends");
		List<Integer> taken = leases.taken;
		LaneCounts counts = run.counts(LEASES);
		long failing = taken.stream().filter(leases::isFailing).count();
		long hanging = taken.stream().filter(leases::isHanging).count();
		List<Throwable> kept = suppressedIn(failure);
		boolean fromRelease = ends.equals(SUCCEEDS) && failing > 0;
		// those that were to be taken when the deadline passed are cancelled too
		int cutOff = counts.cancelled() - (counts.total() - taken.size());
		long expected = failing + hanging - (fromRelease ? 1 : 0);
		boolean thrown = switch (ends) {
			case LATE -> failure instanceof DeadlineExceededException;
			case SUCCEEDS -> (failure != null) == fromRelease;
			case FAILS -> failure instanceof RestClientException;
			default -> run.counts("").cancelled() == 1;
		};
		RunResult.Builder result = RunResult.builder()
			.headline("%d leases taken, %s: all given back in reverse, %d of them in vain, and each failure kept"
				.formatted(taken.size(), ends, failing + hanging))
			.count("leases taken", taken.size())
			.count("leases given back", counts.done())
			.count("failed to be given back", counts.failed())
			.count("cut off while being given back", cutOff)
			.proof("Each is given back, whatever the others do",
					"%d of %d, says the upstream".formatted(served, taken.size()),
					!taken.isEmpty() && served == taken.size())
			.proof("The last one taken is the first one given back", leases.givenBack,
					leases.givenBack.equals(taken.reversed()))
			.proof("What is thrown is what the work ended with, or else the first failure of a release",
					(failure != null) ? failure.getClass().getSimpleName() : "nothing", thrown)
			.proof("Failures of releases are suppressed in it", "%d of %d".formatted(kept.size(), expected),
					kept.size() == expected);
		if (ends.equals(LATE)) {
			Duration most = leases.times.stream().max(Duration::compareTo).orElse(Duration.ZERO);
			result
				.proof("A release that begins after the deadline has the cleanup time",
						"%s at most, and %d are done".formatted(Timings.text(most), counts.done()),
						most.isPositive() && most.compareTo(run.millis("cleanup")) <= 0
								&& counts.done() == taken.size() - failing - hanging)
				.proof("One that hangs is cut off then, and the others follow", cutOff + " cut off", cutOff == hanging);
		}
		return result.build();
	}

	private static List<Throwable> suppressedIn(@Nullable Throwable failure) {
		List<Throwable> suppressed = new ArrayList<>();
		for (Throwable ex = failure; ex != null; ex = ex.getCause()) {
			suppressed.addAll(List.of(ex.getSuppressed()));
		}
		return suppressed;
	}

	/**
	 * The leases of one run, which are taken and given back by calls to the upstream.
	 * Only the one who does the work uses them, until it has ended.
	 */
	private final class Leases {

		private final List<Integer> taken = new ArrayList<>();

		private final List<Integer> givenBack = new ArrayList<>();

		private final List<Duration> times = new ArrayList<>();

		private final AtomicInteger held = new AtomicInteger();

		private final PatternRun run;

		private final String ends;

		private Leases(PatternRun run) {
			this.run = run;
			this.ends = run.choice("ends");
		}

		// what the leases are for
		UpstreamRequest work() {
			boolean waits = this.ends.equals(LATE) || this.ends.equals(CANCELLED);
			return UpstreamRequest.of(this.run.id(), 0)
				.group(WORK)
				.latency(waits ? FOREVER : this.run.millis("latency"))
				.failFirst(this.ends.equals(FAILS) ? 1 : 0);
		}

		Lease take(int number) throws Exception {
			Lane lane = this.run.lane(LEASES, "lease " + number).waiting("to be taken");
			try {
				F2ResourceScope.this.upstream
					.item(UpstreamRequest.of(this.run.id(), number).latency(this.run.millis("latency")));
			}
			catch (Throwable ex) {
				lane.ended(ex);
				throw ex;
			}
			lane.running("open");
			this.taken.add(number);
			this.run.gauge("leases held", this.held.incrementAndGet());
			return new Lease(number, lane);
		}

		void giveBack(Lease lease) throws Exception {
			Duration left = Deadline.current().remaining();
			this.givenBack.add(lease.number());
			this.times.add(left);
			lease.lane().running("release");
			if (this.ends.equals(LATE)) {
				lease.lane().due(left);
			}
			UpstreamRequest request = UpstreamRequest.of(this.run.id(), lease.number())
				.group(GIVEN_BACK)
				.latency(isHanging(lease.number()) ? FOREVER : this.run.millis("latency"))
				.failFirst(isFailing(lease.number()) ? 1 : 0);
			try {
				lease.lane().track(() -> F2ResourceScope.this.upstream.item(request));
			}
			finally {
				this.run.gauge("leases held", this.held.decrementAndGet());
			}
		}

		// the last one hangs, so that all the others come after it
		boolean isHanging(int number) {
			return this.run.flag("hanging") && this.ends.equals(LATE) && number == this.run.number(LEASES);
		}

		boolean isFailing(int number) {
			return number > 1 && number <= 1 + this.run.number("failing") && !isHanging(number);
		}

	}

	private record Lease(int number, Lane lane) {

	}

}
