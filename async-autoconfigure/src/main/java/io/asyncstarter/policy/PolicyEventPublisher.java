package io.asyncstarter.policy;

import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/**
 * Publishes what happens in policies as application events: {@link PolicyEvent} and
 * {@link CircuitBreakerTransition}. They are delivered on a thread of their own, in the
 * order in which they happened to a caller, so that no caller ever waits for a listener.
 * Events that listeners do not keep up with are dropped and counted, transitions never.
 * <p>
 * If nobody listens when the context starts, policies are left alone and no thread is
 * started. Events are published while the context runs: those from before its start are
 * not, and when it stops, those that wait have a few seconds to be delivered. That is
 * after executors have drained, so the events of the last calls are among them.
 *
 * @since 0.1.0
 */
public final class PolicyEventPublisher implements SmartLifecycle {

	/**
	 * The phase in which publishing stops: after executors, whose phase is
	 * {@code Integer.MAX_VALUE / 2}, have drained.
	 */
	public static final int PHASE = Integer.MAX_VALUE / 2 - 1024;

	private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

	private final Supplier<Policies> policies;

	private final PolicyEventQueue queue;

	private final Predicate<Class<?>> isWanted;

	private final boolean successes;

	private boolean looked;

	private boolean wanted;

	private volatile boolean running;

	/**
	 * Creates a publisher.
	 * @param policies gives the policies, when there is somebody who wants their events
	 * @param publisher publishes the events
	 * @param isWanted tells of a type of event whether somebody wants it; asked once,
	 * when the context starts
	 * @param queueCapacity how many events may wait for listeners, more than zero
	 * @param successes whether to publish calls that succeeded as well
	 */
	public PolicyEventPublisher(Supplier<Policies> policies, ApplicationEventPublisher publisher,
			Predicate<Class<?>> isWanted, int queueCapacity, boolean successes) {
		this.policies = policies;
		this.queue = new PolicyEventQueue(queueCapacity, publisher::publishEvent);
		this.isWanted = isWanted;
		this.successes = successes;
	}

	/**
	 * Returns how many events were dropped.
	 * @return the number of events
	 */
	public long getDroppedCount() {
		return this.queue.dropped();
	}

	@Override
	public void start() {
		if (!this.looked) {
			this.looked = true;
			if (this.isWanted.test(PolicyEvent.class)) {
				this.policies.get().all().forEach((policy) -> policy.addListener(new Offering()));
				this.wanted = true;
			}
			if (this.isWanted.test(CircuitBreakerTransition.class)) {
				this.policies.get().all().forEach(this::followCircuitBreaker);
				this.wanted = true;
			}
		}
		if (this.wanted) {
			this.queue.start();
		}
		this.running = true;
	}

	private void followCircuitBreaker(Policy policy) {
		policy.getCircuitBreaker().ifPresent((breaker) -> breaker.getEventPublisher().onStateTransition((event) -> {
			CircuitBreaker.StateTransition transition = event.getStateTransition();
			if (this.running && transition.getFromState() != transition.getToState()) {
				this.queue.put(new CircuitBreakerTransition(policy.getName(), transition.getFromState(),
						transition.getToState()));
			}
		}));
	}

	@Override
	public void stop() {
		this.running = false;
		this.queue.stop(STOP_LIMIT);
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/**
	 * Offers what it is told to the queue.
	 */
	private final class Offering implements PolicyListener {

		@Override
		public void onEvent(PolicyEvent event) {
			if (PolicyEventPublisher.this.running) {
				PolicyEventPublisher.this.queue.offer(event);
			}
		}

		@Override
		public boolean isInterestedIn(PolicyEventKind kind) {
			return kind != PolicyEventKind.SUCCEEDED || PolicyEventPublisher.this.successes;
		}

	}

}
