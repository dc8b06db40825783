package io.asyncstarter.actuate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.SmartLifecycle;

import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutorStats;

/**
 * Finds executors that have been saturated for long. It looks once a second, so that an
 * executor which has had room in between is not taken for one that has not, however
 * seldom the health is asked for.
 * <p>
 * Such an executor refuses work or holds its submitters up, but nothing is broken: the
 * application is {@link Status#OUT_OF_SERVICE}, so that it gets less work, and a restart,
 * which would only lose what is queued, is not called for.
 *
 * @since 0.1.0
 */
public final class ExecutorHealthCheck implements AsyncHealthCheck, SmartLifecycle {

	private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final Supplier<? extends Collection<BoundedExecutor>> executors;

	private final Duration saturatedAbove;

	private final DeadlineTimer timer;

	private volatile List<Watched> watched = List.of();

	private volatile DeadlineTimer.@Nullable Timeout next;

	private volatile boolean running;

	/**
	 * Creates a check.
	 * @param executors gives the executors, when the check is started
	 * @param saturatedAbove how long an executor may be saturated
	 * @param timer the source of time
	 */
	public ExecutorHealthCheck(Supplier<? extends Collection<BoundedExecutor>> executors, Duration saturatedAbove,
			DeadlineTimer timer) {
		this.executors = executors;
		this.saturatedAbove = saturatedAbove;
		this.timer = timer;
	}

	@Override
	public String getName() {
		return "executors";
	}

	@Override
	public void start() {
		this.watched = this.executors.get().stream().map(Watched::new).toList();
		this.running = true;
		look();
	}

	private void look() {
		if (this.running) {
			this.watched.forEach((each) -> each.look(this.timer.nanoTime()));
			this.next = this.timer.schedule(PERIOD_NANOS, this::look);
		}
	}

	@Override
	public void stop() {
		this.running = false;
		DeadlineTimer.Timeout pending = this.next;
		if (pending != null) {
			pending.cancel();
		}
		this.watched = List.of();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public List<AsyncHealthProblem> check() {
		List<AsyncHealthProblem> problems = new ArrayList<>();
		long now = this.timer.nanoTime();
		for (Watched each : this.watched) {
			Duration saturated = each.look(now);
			if (saturated.compareTo(this.saturatedAbove) > 0) {
				problems.add(each.problem(saturated));
			}
		}
		return problems;
	}

	/**
	 * An executor, and since when it has been saturated whenever somebody looked.
	 */
	private static final class Watched {

		private final BoundedExecutor executor;

		private volatile @Nullable Long since;

		private Watched(BoundedExecutor executor) {
			this.executor = executor;
		}

		/**
		 * Returns how long the executor has been saturated; zero if it is not.
		 */
		private Duration look(long now) {
			BoundedExecutorStats stats = this.executor.getStats();
			Long before = this.since;
			if (stats.state() != BoundedExecutorStats.State.ACTIVE || stats.running() < stats.maxConcurrency()
					|| stats.queued() < stats.queueCapacity()) {
				this.since = null;
				return Duration.ZERO;
			}
			if (before == null) {
				this.since = now;
				return Duration.ZERO;
			}
			return Duration.ofNanos(Math.max(0, now - before));
		}

		private AsyncHealthProblem problem(Duration saturated) {
			BoundedExecutorStats stats = this.executor.getStats();
			return new AsyncHealthProblem(stats.name(), Status.OUT_OF_SERVICE,
					"Saturated for %d s: %d of %d tasks run, %d of %d wait".formatted(saturated.toSeconds(),
							stats.running(), stats.maxConcurrency(), stats.queued(), stats.queueCapacity()));
		}

	}

}
