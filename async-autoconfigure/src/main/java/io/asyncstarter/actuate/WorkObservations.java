package io.asyncstarter.actuate;

import java.util.concurrent.atomic.AtomicBoolean;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.context.WorkObserver;

/**
 * Makes each piece of work an observation of Micrometer, and so a span if there is a
 * tracer: {@code async.policy} for a call of a policy, and so on, with the key
 * {@code name}.
 *
 * @since 0.1.0
 */
public final class WorkObservations implements WorkObserver {

	private final ObservationRegistry registry;

	/**
	 * Creates an observer.
	 * @param registry takes the observations
	 */
	public WorkObservations(ObservationRegistry registry) {
		this.registry = registry;
	}

	@Override
	public ObservedWork begin(String kind, String name, @Nullable Object parent) {
		Observation observation = Observation.createNotStarted("async." + kind, this.registry)
			.contextualName("%s %s".formatted(kind, name))
			.lowCardinalityKeyValue("name", name);
		if (parent instanceof Observation known) {
			observation.parentObservation(known);
		}
		return new Work(observation.start());
	}

	@Override
	public Object getContextKey() {
		return ObservationThreadLocalAccessor.KEY;
	}

	/**
	 * A piece of work that is an observation.
	 */
	private static final class Work implements ObservedWork {

		private final Observation observation;

		private final AtomicBoolean ended = new AtomicBoolean();

		private Work(Observation observation) {
			this.observation = observation;
		}

		@Override
		public TaskContext.Scope open() {
			return this.observation.openScope()::close;
		}

		@Override
		public Object getContextValue() {
			return this.observation;
		}

		@Override
		public void event(String event, String description) {
			this.observation.event(Observation.Event.of(event, description));
		}

		@Override
		public void end(@Nullable Throwable failure) {
			// A subscription may be cancelled although it has ended.
			if (this.ended.compareAndSet(false, true)) {
				if (failure != null) {
					this.observation.error(failure);
				}
				this.observation.stop();
			}
		}

	}

}
