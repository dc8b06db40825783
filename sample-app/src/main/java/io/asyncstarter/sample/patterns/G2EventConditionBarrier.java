package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import org.springframework.stereotype.Component;

import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sync.Barrier;
import io.asyncstarter.sync.Event;
import io.asyncstarter.task.Subtask;
import io.asyncstarter.task.Tasks;

/**
 * Event, condition and barrier.
 */
@Component
class G2EventConditionBarrier implements Pattern {

	private final Tasks tasks;

	G2EventConditionBarrier(Tasks tasks) {
		this.tasks = tasks;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("G2", "Event, condition, barrier")
			.summary("""
					Three ways to wait for one another. An event lets all through once it is set, until it is \
					cleared. A condition wakes somebody when something has changed, who then looks for himself. A \
					barrier holds everybody until all have come, round after round, and goes on if one of them is \
					interrupted.""")
			.useWhen("""
					Tasks go on at each other's sign. If what they wait for is a result, wait for the result \
					instead: a future or a group needs no sign. All three park a virtual thread and hold no other.""")
			.docs("synchronisation")
			.asyncio("Event, Condition, Barrier", """
					await event.wait()
					event.set()

					async with condition:
					    await condition.wait_for(lambda: stock > 0)

					async with asyncio.Barrier(5) as place:
					    ...
					""")
			.parameter(Parameter.number("waiters", 6, 2, 50, "How many wait"))
			.parameter(Parameter.number("rounds", 4, 1, 20, "Rounds at the barrier"))
			.parameter(Parameter.flag("interrupted", true, "Whether one more waits at the barrier, and is interrupted"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		run.note("An event: set once, it lets all through");
		Event event = new Event();
		AtomicInteger released = new AtomicInteger();
		this.tasks.inGroup("event", (group) -> {
			for (int i = 1; i <= run.number("waiters"); i++) {
				Lane lane = run.lane("event", "waiter " + i).waiting("the event");
				group.fork("waiter " + i, () -> lane.track(() -> {
					event.await();
					return released.incrementAndGet();
				}));
			}
			event.set();
			return event;
		});
		event.clear();
		boolean lateComer = event.await(Duration.ofMillis(20));

		run.note("A condition: each delivery wakes one of those who wait");
		Shop shop = new Shop();
		this.tasks.inGroup("condition", (group) -> {
			for (int i = 1; i <= run.number("waiters"); i++) {
				Lane lane = run.lane("condition", "customer " + i).waiting("a delivery");
				group.fork("customer " + i, () -> lane.track(shop::take));
			}
			for (int i = 1; i <= run.number("waiters"); i++) {
				shop.deliver();
			}
			return shop;
		});

		run.note("A barrier: nobody goes on before all have come");
		Rounds rounds = new Rounds(run.number("waiters"));
		this.tasks.inGroup("barrier", (group) -> {
			if (run.flag("interrupted")) {
				Lane lane = run.lane("barrier", "one more").waiting("the others");
				Subtask<Integer> oneMore = group.fork("one more", () -> lane.track(rounds.barrier::await));
				while (rounds.barrier.getWaitingCount() == 0) {
					LockSupport.parkNanos(1_000_000);
				}
				oneMore.cancel();
				while (rounds.barrier.getWaitingCount() > 0) {
					LockSupport.parkNanos(1_000_000);
				}
			}
			for (int i = 1; i <= run.number("waiters"); i++) {
				Lane lane = run.lane("barrier", "waiter " + i);
				group.fork("waiter " + i, () -> lane.call(() -> rounds.play(run, lane)));
			}
			return rounds;
		});
		// end::run[]
		return result(run, released.get(), lateComer, shop, rounds);
	}

	private static RunResult result(PatternRun run, int released, boolean lateComer, Shop shop, Rounds rounds) {
		int waiters = run.number("waiters");
		List<List<Object>> rows = new ArrayList<>();
		rounds.places
			.forEach((round, places) -> rows.add(List.of(round, places.stream().sorted().toList().toString())));
		boolean complete = rounds.places.size() == run.number("rounds") && rounds.places.values()
			.stream()
			.allMatch((places) -> places.size() == waiters && places.stream().distinct().count() == waiters);
		int left = run.counts("barrier").cancelled();
		return RunResult.builder()
			.headline("%d let through by the event, %d served by the condition, %d rounds at the barrier"
				.formatted(released, shop.taken, rounds.places.size()))
			.count("let through by the event", released)
			.count("woken by the condition", shop.taken)
			.count("rounds at the barrier", rounds.places.size())
			.table("Places at the barrier, given by arrival", List.of("round", "places"), rows)
			.proof("The event lets everybody through, once", "%d of %d".formatted(released, waiters),
					released == waiters)
			.proof("Once it is cleared, who comes later waits", lateComer ? "let through" : "waited in vain",
					!lateComer)
			.proof("Each delivery serves one customer", "%d of %d, %d left".formatted(shop.taken, waiters, shop.stock),
					shop.taken == waiters && shop.stock == 0)
			.proof("Nobody passes the barrier before all have come", rounds.early.get() + " too early",
					rounds.early.get() == 0)
			.proof("Each place is given once a round", rows.size() + " rounds", complete)
			.proof("One who is interrupted leaves, and the others go on", left + " left",
					left == (run.flag("interrupted") ? 1 : 0) && !rounds.barrier.isBroken())
			.build();
	}

	// tag::run[]

	/**
	 * Where customers wait for deliveries.
	 */
	private static final class Shop {

		private final ReentrantLock lock = new ReentrantLock(true);

		private final Condition delivered = this.lock.newCondition();

		private int stock;

		private int taken;

		int take() throws InterruptedException {
			this.lock.lockInterruptibly();
			try {
				while (this.stock == 0) {
					this.delivered.await();
				}
				this.stock--;
				return ++this.taken;
			}
			finally {
				this.lock.unlock();
			}
		}

		void deliver() throws InterruptedException {
			this.lock.lockInterruptibly();
			try {
				this.stock++;
				this.delivered.signal();
			}
			finally {
				this.lock.unlock();
			}
		}

	}

	/**
	 * Rounds that everybody begins together.
	 */
	private static final class Rounds {

		private final Map<Integer, List<Integer>> places = new ConcurrentHashMap<>();

		private final AtomicInteger arrived = new AtomicInteger();

		private final AtomicInteger early = new AtomicInteger();

		private final int waiters;

		private final Barrier barrier;

		private Rounds(int waiters) {
			this.waiters = waiters;
			this.barrier = new Barrier(waiters);
		}

		int play(PatternRun run, Lane lane) throws Exception {
			for (int round = 1; round <= run.number("rounds"); round++) {
				this.arrived.incrementAndGet();
				lane.waiting("the others");
				int place = this.barrier.await();
				lane.running("round " + round);
				if (this.arrived.get() < round * this.waiters) {
					this.early.incrementAndGet();
				}
				this.places.merge(round, List.of(place), (before, now) -> {
					List<Integer> both = new ArrayList<>(before);
					both.addAll(now);
					return both;
				});
			}
			return this.arrived.get();
		}

	}
	// end::run[]

}
