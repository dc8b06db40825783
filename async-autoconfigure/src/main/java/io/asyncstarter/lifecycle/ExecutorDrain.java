package io.asyncstarter.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

import io.asyncstarter.executor.BoundedExecutor;

/**
 * Drains all bounded executors when the application context closes: they take no more
 * tasks, and running and queued ones have the grace period to end; then they are
 * cancelled, the running ones by an interrupt, and have the cancel period. What is still
 * running after that is named in a warning and left behind.
 * <p>
 * This happens in {@link #PHASE the phase} in which Spring's own executors stop: after
 * the web server has stopped taking and finished its requests, and before any bean is
 * destroyed. A context that is stopped or paused, not closed, keeps its executors
 * working, since they could not be started again.
 *
 * @since 0.1.0
 */
public final class ExecutorDrain
		implements SmartLifecycle, ApplicationListener<ContextClosedEvent>, ApplicationContextAware {

	/**
	 * The phase in which executors are drained: that of Spring's own executors.
	 */
	public static final int PHASE = Integer.MAX_VALUE / 2;

	private static final Log logger = LogFactory.getLog(ExecutorDrain.class);

	private final Supplier<? extends Collection<BoundedExecutor>> executors;

	private final Duration gracePeriod;

	private final Duration cancelPeriod;

	private volatile @Nullable ApplicationContext applicationContext;

	private volatile boolean running;

	private volatile boolean closing;

	/**
	 * Creates a drain.
	 * @param executors gives the executors that exist, when the context closes
	 * @param gracePeriod how long tasks have to end by themselves
	 * @param cancelPeriod how long tasks have to end after they were cancelled
	 */
	public ExecutorDrain(Supplier<? extends Collection<BoundedExecutor>> executors, Duration gracePeriod,
			Duration cancelPeriod) {
		this.executors = executors;
		this.gracePeriod = gracePeriod;
		this.cancelPeriod = cancelPeriod;
	}

	@Override
	public void setApplicationContext(ApplicationContext applicationContext) {
		this.applicationContext = applicationContext;
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		if (event.getApplicationContext() == this.applicationContext) {
			this.closing = true;
		}
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		if (this.closing) {
			drain();
		}
		this.running = false;
	}

	@Override
	public void stop(Runnable callback) {
		// Others of the phase drain meanwhile; the phase's timeout applies to all of
		// them.
		Thread.ofPlatform().name("async-shutdown").start(() -> {
			try {
				stop();
			}
			finally {
				callback.run();
			}
		});
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	private void drain() {
		List<BoundedExecutor> left = new ArrayList<>(this.executors.get());
		left.forEach(BoundedExecutor::shutdown);
		try {
			awaitTermination(left, this.gracePeriod);
			for (BoundedExecutor executor : left) {
				int running = executor.getRunningCount();
				int dropped = executor.shutdownNow().size();
				logger.warn("Executor '%s' did not finish within %d ms; cancelled %d running and %d queued tasks"
					.formatted(executor.getName(), this.gracePeriod.toMillis(), running, dropped));
			}
			awaitTermination(left, this.cancelPeriod);
		}
		catch (InterruptedException ex) {
			left.forEach(BoundedExecutor::shutdownNow);
			Thread.currentThread().interrupt();
		}
		for (BoundedExecutor executor : left) {
			logger.warn("Executor '%s' leaves %d tasks behind, which did not end within %d ms after their cancellation"
				.formatted(executor.getName(), executor.getRunningCount(), this.cancelPeriod.toMillis()));
		}
	}

	/**
	 * Waits until all executors have terminated, but not longer than a period.
	 * @param executors the executors; those that have terminated are taken out
	 */
	private static void awaitTermination(List<BoundedExecutor> executors, Duration period) throws InterruptedException {
		long end = System.nanoTime() + period.toNanos();
		for (BoundedExecutor executor : List.copyOf(executors)) {
			if (executor.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
				executors.remove(executor);
			}
		}
	}

}
