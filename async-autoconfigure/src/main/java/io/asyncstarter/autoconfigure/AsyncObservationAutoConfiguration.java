package io.asyncstarter.autoconfigure;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

import io.asyncstarter.actuate.WorkObservations;
import io.asyncstarter.context.WorkObserver;

/**
 * Auto-configuration for the observation of calls of policies, groups of tasks and items
 * of queues. An observation costs more than the call of a policy, so they are made only
 * if there is a tracer, or if they are asked for.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = AsyncPolicyAutoConfiguration.class, afterName = {
		"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
		"org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
		"org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
		"org.springframework.boot.micrometer.tracing.brave.autoconfigure.BraveAutoConfiguration" })
@ConditionalOnClass(ObservationRegistry.class)
@Conditional(AsyncObservationAutoConfiguration.OnTracerOrProperty.class)
@ConditionalOnBean(ObservationRegistry.class)
@ConditionalOnBooleanProperty(name = "async.observation.enabled", matchIfMissing = true)
public final class AsyncObservationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(WorkObserver.class)
	WorkObservations asyncWorkObservations(ObservationRegistry registry) {
		return new WorkObservations(registry);
	}

	/**
	 * Whether observations are of use to anybody, or wanted.
	 */
	static final class OnTracerOrProperty extends AnyNestedCondition {

		OnTracerOrProperty() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		/**
		 * There is a tracer.
		 */
		@ConditionalOnBean(type = "io.micrometer.tracing.Tracer")
		static final class OnTracer {

		}

		/**
		 * The user wants it.
		 */
		@ConditionalOnBooleanProperty("async.observation.enabled")
		static final class OnProperty {

		}

	}

}
