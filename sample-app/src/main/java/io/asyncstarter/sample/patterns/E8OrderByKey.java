package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

import io.asyncstarter.queue.QueueConsumers;
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.upstream.Item;
import io.asyncstarter.sample.upstream.UpstreamClient;

/**
 * Order where it matters: among items of one key.
 */
@Component
class E8OrderByKey implements Pattern {

	private static final String KEYED = "with a key";

	private static final String UNKEYED = "without";

	private final int consumers;

	private final UpstreamClient upstream;

	E8OrderByKey(@Value("${async.queues.bookings.consumers}") int consumers, UpstreamClient upstream) {
		this.consumers = consumers;
		this.upstream = upstream;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("E8", "Order by key")
			.summary("""
					Several consumers lose the order of items: a later one may be done first. With a key, those of one \
					key are processed one after another, and those of other keys side by side: a consumer passes \
					over an item whose key is at work. Each booking here takes less time than the one before.""")
			.useWhen("""
					Items change the same thing, an account or a document, and must not overtake each other there, \
					but there are many such things. With annotations it is @QueueListener(value = "bookings", key = \
					"#item.account()"). One busy key takes no more than one consumer.""")
			.yaml("async.queues.bookings")
			.docs("queues")
			.asyncio("a queue and a worker for each key", """
					queues = defaultdict(start_worker)

					async def dispatch(booking):
					    # one worker a key, for good
					    await queues[booking.account].put(booking)
					""")
			.parameter(Parameter.number("accounts", 4, 1, 20, "Accounts"))
			.parameter(Parameter.number("bookings", 4, 2, 20, "Bookings of each account"))
			.parameter(Parameter.number("consumers", this.consumers, 2, 20, "Consumers"))
			.parameter(Parameter.millis("latency", 60, 5, 500, "How long the last booking of an account takes"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		Ledger keyed = book(run, KEYED);
		Ledger unkeyed = book(run, UNKEYED);
		// end::run[]
		return result(run, keyed, unkeyed);
	}

	// tag::run[]

	private Ledger book(PatternRun run, String group) throws Exception {
		// async.queues.bookings; all of them have room
		WorkQueue<Booking> queue = WorkQueue.<Booking>builder("bookings")
			.unbounded()
			.deadLetters((letter) -> letter.item().lane.ended(letter.cause()))
			.build();
		Ledger ledger = new Ledger();
		try {
			bookings(run, group).forEach(queue::offer);
			long start = System.nanoTime();
			QueueConsumers.Builder<Booking> consumers = queue.consumers().count(run.number("consumers"));
			if (group.equals(KEYED)) {
				consumers.key(Booking::account);
			}
			consumers.forEach((booking) -> booking.lane.call(() -> book(run, booking, ledger)));
			queue.close();
			queue.join();
			ledger.took = Duration.ofNanos(System.nanoTime() - start);
			return ledger;
		}
		finally {
			queue.shutdownNow().forEach((booking) -> booking.lane.cancelled("its run is over"));
		}
	}

	private Item book(PatternRun run, Booking booking, Ledger ledger) {
		ledger.begin(booking);
		Duration latency = run.millis("latency").multipliedBy(1L + run.number("bookings") - booking.number);
		Item item = this.upstream.item(booking.number, latency, run.id());
		ledger.end(booking);
		return item;
	}
	// end::run[]

	private static List<Booking> bookings(PatternRun run, String group) {
		List<Booking> bookings = new ArrayList<>();
		for (int account = 1; account <= run.number("accounts"); account++) {
			for (int number = 1; number <= run.number("bookings"); number++) {
				Lane lane = run.lane(group, "account %d, booking %d".formatted(account, number)).queued();
				bookings.add(new Booking(account, number, lane));
			}
		}
		return bookings;
	}

	private static RunResult result(PatternRun run, Ledger keyed, Ledger unkeyed) {
		int bookings = run.number("accounts") * run.number("bookings");
		boolean several = run.number("accounts") > 1;
		return RunResult.builder()
			.headline("%d bookings: %d overtaken with a key, %d without; %s and %s".formatted(bookings,
					keyed.overtaken(), unkeyed.overtaken(), Timings.text(keyed.took), Timings.text(unkeyed.took)))
			.time(KEYED, keyed.took, "all bookings")
			.time(UNKEYED, unkeyed.took, "all bookings")
			.count("most accounts side by side, with a key", keyed.most.get())
			.table("Order in which the bookings of an account were done", List.of("account", KEYED, UNKEYED),
					rows(run, keyed, unkeyed))
			.proof("With a key, bookings of an account are done in their order", keyed.overtaken() + " overtaken",
					keyed.overtaken() == 0)
			.proof("Never two of one account at a time", keyed.together.get() + " together", keyed.together.get() == 0)
			.proof("Other accounts go on meanwhile", "%d side by side".formatted(keyed.most.get()),
					keyed.most.get() > 1 || !several)
			.proof("Without a key, later ones overtake", unkeyed.overtaken() + " overtaken", unkeyed.overtaken() > 0)
			.proof("All are done", "%d and %d of %d".formatted(keyed.total(), unkeyed.total(), bookings),
					keyed.total() == bookings && unkeyed.total() == bookings)
			.build();
	}

	private static List<List<Object>> rows(PatternRun run, Ledger keyed, Ledger unkeyed) {
		List<List<Object>> rows = new ArrayList<>();
		for (int account = 1; account <= run.number("accounts"); account++) {
			rows.add(List.of(account, keyed.order(account), unkeyed.order(account)));
		}
		return rows;
	}

	private record Booking(int account, int number, Lane lane) {

	}

	/**
	 * What was done, in which order.
	 */
	private static final class Ledger {

		private final Queue<Booking> done = new ConcurrentLinkedQueue<>();

		private final Set<Integer> busy = ConcurrentHashMap.newKeySet();

		private final AtomicInteger most = new AtomicInteger();

		private final AtomicInteger together = new AtomicInteger();

		private volatile Duration took = Duration.ZERO;

		void begin(Booking booking) {
			if (!this.busy.add(booking.account)) {
				this.together.incrementAndGet();
			}
			this.most.accumulateAndGet(this.busy.size(), Math::max);
		}

		void end(Booking booking) {
			this.busy.remove(booking.account);
			this.done.add(booking);
		}

		int total() {
			return this.done.size();
		}

		String order(int account) {
			return this.done.stream()
				.filter((booking) -> booking.account == account)
				.map((booking) -> Integer.toString(booking.number))
				.collect(Collectors.joining(" "));
		}

		// how many were done after a later one of their account
		int overtaken() {
			Map<Integer, Integer> latest = new HashMap<>();
			int overtaken = 0;
			for (Booking booking : this.done) {
				int before = latest.merge(booking.account, booking.number, Math::max);
				overtaken += (before > booking.number) ? 1 : 0;
			}
			return overtaken;
		}

	}

}
