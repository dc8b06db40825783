package io.asyncstarter.sample.patterns;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;

import org.springframework.stereotype.Component;

import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.upstream.UpstreamClient;
import io.asyncstarter.sample.upstream.UpstreamRequest;
import io.asyncstarter.task.Tasks;

/**
 * A lost update, and its cure.
 */
@Component
class G1LostUpdate implements Pattern {

	private final Tasks tasks;

	private final UpstreamClient upstream;

	G1LostUpdate(Tasks tasks, UpstreamClient upstream) {
		this.tasks = tasks;
		this.upstream = upstream;
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("G1", "Lost update, and its cure")
			.summary("""
					A task reads a number, waits for something, and writes the number plus one: what others wrote \
					meanwhile is lost. A lock around reading and writing cures it, and so does giving each number \
					to one task only: the tasks return what they have, their owner adds it up.""")
			.useWhen("""
					State is shared by tasks. Confine it if you can; lock it if you must, and never call somebody \
					else's code with the lock held. In asyncio, this needs an await in between; on threads, it \
					happens without.""")
			.docs("synchronisation")
			.asyncio("Lock", """
					async def careless():
					    seen = account.balance
					    await fetch()
					    account.balance = seen + 1

					async def careful():
					    await fetch()
					    async with lock:
					        account.balance += 1
					""")
			.parameter(Parameter.number("tasks", 30, 2, 500, "How many tasks add one"))
			.parameter(Parameter.millis("latency", 100, 1, 2000, "How long each waits for something"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		run.note("Read, wait, write");
		Account careless = new Account();
		this.tasks.gather(deposits(run, "without", (request) -> {
			int seen = careless.balance;
			this.upstream.item(request);
			careless.balance = seen + 1;
			return 1;
		}));

		run.note("Wait, then read and write under a lock");
		Account locked = new Account();
		ReentrantLock lock = new ReentrantLock();
		this.tasks.gather(deposits(run, "with a lock", (request) -> {
			this.upstream.item(request);
			lock.lockInterruptibly();
			try {
				locked.balance++;
			}
			finally {
				lock.unlock();
			}
			return 1;
		}));

		run.note("Wait and return; the owner of the tasks is the only one to write");
		Account confined = new Account();
		for (int amount : this.tasks.gather(deposits(run, "confined", (request) -> {
			this.upstream.item(request);
			return 1;
		}))) {
			confined.balance += amount;
		}
		// end::run[]
		return result(run, careless.balance, locked.balance, confined.balance);
	}

	// tag::run[]

	private static List<Callable<Integer>> deposits(PatternRun run, String group, Deposit deposit) {
		List<Callable<Integer>> deposits = new ArrayList<>();
		for (int i = 1; i <= run.number("tasks"); i++) {
			UpstreamRequest request = UpstreamRequest.of(run.id(), i).latency(run.millis("latency"));
			String name = "deposit " + i;
			deposits.add(() -> run.lane(group, name).call(() -> deposit.make(request)));
		}
		return deposits;
	}
	// end::run[]

	private static RunResult result(PatternRun run, int careless, int locked, int confined) {
		int tasks = run.number("tasks");
		return RunResult.builder()
			.headline("%d tasks add one each: %d without care, %d with a lock, %d confined".formatted(tasks, careless,
					locked, confined))
			.figure("without", careless, "", "balance")
			.figure("with a lock", locked, "", "balance")
			.figure("confined", confined, "", "balance")
			.count("updates lost without", tasks - careless)
			.proof("Without care, updates are lost", "%d of %d".formatted(tasks - careless, tasks), careless < tasks)
			.proof("With a lock, none is", "%d of %d".formatted(tasks - locked, tasks), locked == tasks)
			.proof("Nor when one task only has the number", "%d of %d".formatted(tasks - confined, tasks),
					confined == tasks)
			.build();
	}

	/**
	 * What each task does.
	 */
	private interface Deposit {

		int make(UpstreamRequest request) throws Exception;

	}

	/**
	 * What the tasks share.
	 */
	private static final class Account {

		private int balance;

	}

}
