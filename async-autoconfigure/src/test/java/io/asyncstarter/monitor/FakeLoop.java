package io.asyncstarter.monitor;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * An event loop that runs its tasks when the test says so, on the test's thread.
 */
final class FakeLoop extends AbstractExecutorService implements Iterable<FakeLoop> {

	private final Queue<Runnable> tasks = new ArrayDeque<>();

	private boolean shutDown;

	void runAll() {
		for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
			task.run();
		}
	}

	int waiting() {
		return this.tasks.size();
	}

	@Override
	public void execute(Runnable command) {
		if (this.shutDown) {
			throw new RejectedExecutionException("shut down");
		}
		this.tasks.add(command);
	}

	@Override
	public Iterator<FakeLoop> iterator() {
		return List.of(this).iterator();
	}

	@Override
	public void shutdown() {
		this.shutDown = true;
	}

	@Override
	public List<Runnable> shutdownNow() {
		this.shutDown = true;
		return List.of();
	}

	@Override
	public boolean isShutdown() {
		return this.shutDown;
	}

	@Override
	public boolean isTerminated() {
		return this.shutDown;
	}

	@Override
	public boolean awaitTermination(long timeout, TimeUnit unit) {
		return this.shutDown;
	}

}
