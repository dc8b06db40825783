package io.asyncstarter.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Brings all work to its end when the application context closes, in this order:
 * <ol>
 * <li>When the context begins to close, sources of work refuse further work.</li>
 * <li>The web server takes no more requests and waits for those that it has. (Spring Boot
 * does that.)</li>
 * <li>In {@link #PHASE the phase} in which Spring's own executors stop too, the
 * {@linkplain ShutdownStage stages} follow each other: queues, tasks, executors.</li>
 * <li>When the grace period, which has begun with the first step, is over, the rest is
 * cancelled and has the cancel period to end.</li>
 * <li>A {@link ShutdownReport} says what became of it all. It is logged and published as
 * an application event.</li>
 * </ol>
 * Beans are destroyed after that. So the time until then is bounded by the two periods,
 * unless the web server takes more than the first. A context that is stopped or paused,
 * not closed, keeps its work going, since it could not be started again.
 *
 * @since 0.1.0
 */
public final class PhasedShutdown
		implements SmartLifecycle, ApplicationListener<ContextClosedEvent>, ApplicationContextAware {

	/**
	 * The phase in which work is brought to its end: that of Spring's own executors.
	 */
	public static final int PHASE = Integer.MAX_VALUE / 2;

	private static final Log logger = LogFactory.getLog(PhasedShutdown.class);

	private final Supplier<? extends Collection<? extends ShutdownParticipant>> participants;

	private final Duration gracePeriod;

	private final Duration cancelPeriod;

	private volatile @Nullable ApplicationContext applicationContext;

	private volatile @Nullable ShutdownSequence sequence;

	private volatile boolean running;

	/**
	 * Creates a shutdown.
	 * @param participants gives what has work, when the context begins to close
	 * @param gracePeriod how long work has to end by itself
	 * @param cancelPeriod how long work has to end after it was cancelled
	 */
	public PhasedShutdown(Supplier<? extends Collection<? extends ShutdownParticipant>> participants,
			Duration gracePeriod, Duration cancelPeriod) {
		this.participants = participants;
		this.gracePeriod = gracePeriod;
		this.cancelPeriod = cancelPeriod;
	}

	@Override
	public void setApplicationContext(ApplicationContext applicationContext) {
		this.applicationContext = applicationContext;
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		if (event.getApplicationContext() == this.applicationContext && this.sequence == null) {
			List<ShutdownParticipant> sorted = new ArrayList<>(this.participants.get());
			sorted.sort(Comparator.comparing(ShutdownParticipant::getStage));
			ShutdownSequence begun = new ShutdownSequence(sorted, this.gracePeriod, this.cancelPeriod);
			begun.refuseIntake();
			this.sequence = begun;
		}
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		ShutdownSequence begun = this.sequence;
		if (begun != null && this.running) {
			report(begun.run());
		}
		this.running = false;
	}

	@Override
	public void stop(Runnable callback) {
		// Others of the phase stop meanwhile; the phase's timeout applies to all of them.
		Thread.ofPlatform().name("async-shutdown").start(() -> {
			try {
				stop();
			}
			finally {
				callback.run();
			}
		});
	}

	private void report(ShutdownReport report) {
		if (report.cancelled() + report.abandoned() > 0) {
			logger.warn(report.describe());
		}
		else if (report.completed() > 0) {
			logger.info(report.describe());
		}
		else {
			logger.debug(report.describe());
		}
		ApplicationContext context = this.applicationContext;
		if (context != null) {
			try {
				context.publishEvent(report);
			}
			catch (RuntimeException ex) {
				logger.warn("A listener of the shutdown report failed", ex);
			}
		}
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

}
