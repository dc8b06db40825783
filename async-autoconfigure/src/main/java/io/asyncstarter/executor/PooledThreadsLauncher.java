package io.asyncstarter.executor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * A pool that prefers an idle thread to a new one, the last used first, so that a trickle
 * of tasks needs few threads however many are allowed.
 * {@link java.util.concurrent.ThreadPoolExecutor} does not: it starts new threads up to
 * its core size, and can leave a task behind in its queue when threads end.
 */
final class PooledThreadsLauncher implements TaskLauncher {

	/*
	 * Invariants, with all fields guarded by 'lock'. (1) 'workers' counts the threads
	 * that were started, or are being, and have not been told to end; 'threads' counts
	 * those that have not ended. (2) A worker is in 'idle', or has a body, or is about to
	 * call next(). (3) There are at most as many bodies in 'handOffs' as workers about to
	 * call next(): a body is put there only if nobody idles and there are 'mostWorkers',
	 * and Admission lets no more bodies run than that, so one worker is through with its
	 * own.
	 */

	private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(60);

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition ended = this.lock.newCondition();

	private final Deque<Worker> idle = new ArrayDeque<>();

	private final Queue<Runnable> handOffs = new ArrayDeque<>();

	private final ThreadFactory threadFactory;

	private int workers;

	private int threads;

	/**
	 * The greatest number of bodies that could be running since this launcher exists.
	 */
	private int mostWorkers;

	/**
	 * The number of workers beyond which those that idle end at once.
	 */
	private int wantedWorkers;

	private boolean closed;

	PooledThreadsLauncher(ThreadFactory threadFactory, int maxConcurrency) {
		this.threadFactory = threadFactory;
		this.mostWorkers = maxConcurrency;
		this.wantedWorkers = maxConcurrency;
	}

	@Override
	public void launch(Runnable body) {
		Worker worker;
		this.lock.lock();
		try {
			worker = this.idle.pollFirst();
			if (worker == null) {
				if (this.workers >= this.mostWorkers) {
					this.handOffs.add(body);
					return;
				}
				this.workers++;
				this.threads++;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (worker != null) {
			worker.wakeUp(body);
		}
		else {
			startWorker(body);
		}
	}

	private void startWorker(Runnable body) {
		boolean started = false;
		try {
			LauncherThread.start(this.threadFactory, new Worker(body));
			started = true;
		}
		finally {
			if (!started) {
				ended(false);
			}
		}
	}

	/**
	 * Counts a thread that has ended.
	 * @param told whether it was told to
	 */
	private void ended(boolean told) {
		this.lock.lock();
		try {
			this.workers -= (told) ? 0 : 1;
			this.threads--;
			this.ended.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns the next body of a worker that is through with its last one, or
	 * {@code null} if it is to end or, being idle now, to wait.
	 */
	private @Nullable Runnable next(Worker worker) {
		this.lock.lock();
		try {
			Runnable body = this.handOffs.poll();
			if (body != null) {
				return body;
			}
			if (this.closed || this.workers > this.wantedWorkers) {
				this.workers--;
				return Signal.END;
			}
			this.idle.addFirst(worker);
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends the wait of an idle worker.
	 * @return whether nobody has woken it up before
	 */
	private boolean retire(Worker worker) {
		this.lock.lock();
		try {
			boolean retired = this.idle.remove(worker);
			this.workers -= (retired) ? 1 : 0;
			return retired;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public boolean reusesThreads() {
		return true;
	}

	@Override
	public boolean startsCleanThreads() {
		return false;
	}

	@Override
	public void resize(int maxConcurrency) {
		this.lock.lock();
		try {
			this.mostWorkers = Math.max(this.mostWorkers, maxConcurrency);
			this.wantedWorkers = maxConcurrency;
			endIdle(maxConcurrency);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void close() {
		this.lock.lock();
		try {
			this.closed = true;
			endIdle(0);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void endIdle(int wanted) {
		while (this.workers > wanted && !this.idle.isEmpty()) {
			this.workers--;
			this.idle.removeLast().wakeUp(Signal.END);
		}
	}

	@Override
	public void awaitTermination(long nanos) throws InterruptedException {
		long left = nanos;
		this.lock.lockInterruptibly();
		try {
			while (this.threads > 0 && left > 0) {
				left = this.ended.awaitNanos(left);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Given to a worker in place of a body.
	 */
	private enum Signal implements Runnable {

		END;

		@Override
		public void run() {
		}

	}

	/**
	 * The body of a pooled thread.
	 */
	private final class Worker implements Runnable {

		private volatile @Nullable Runnable body;

		private volatile @Nullable Thread thread;

		Worker(Runnable first) {
			this.body = first;
		}

		void wakeUp(Runnable next) {
			this.body = next;
			LockSupport.unpark(this.thread);
		}

		@Override
		public void run() {
			this.thread = Thread.currentThread();
			boolean told = false;
			try {
				for (Runnable next = takeBody(); next != Signal.END; next = nextBody()) {
					next.run();
				}
				told = true;
			}
			finally {
				ended(told);
			}
		}

		private Runnable nextBody() {
			Runnable next = next(this);
			return (next != null) ? next : takeBody();
		}

		/**
		 * Waits, while idle, for the next body.
		 */
		private Runnable takeBody() {
			long until = System.nanoTime() + KEEP_ALIVE_NANOS;
			Runnable next = this.body;
			while (next == null) {
				long left = until - System.nanoTime();
				if (left > 0) {
					LockSupport.parkNanos(PooledThreadsLauncher.this, left);
					Thread.interrupted();
				}
				else if (retire(this)) {
					return Signal.END;
				}
				next = this.body;
			}
			this.body = null;
			return next;
		}

	}

}
