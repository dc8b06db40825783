package io.asyncstarter.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.test.util.ReflectionTestUtils;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.lifecycle.PhasedShutdown;
import io.asyncstarter.lifecycle.ShutdownAccount;
import io.asyncstarter.lifecycle.ShutdownParticipant;
import io.asyncstarter.lifecycle.ShutdownParticipants;
import io.asyncstarter.lifecycle.ShutdownStage;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class AsyncShutdownAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(AsyncExecutorAutoConfiguration.class, AsyncShutdownAutoConfiguration.class,
					LifecycleAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class));

	private final List<String> steps = new CopyOnWriteArrayList<>();

	private static @Nullable Object timeout(DefaultLifecycleProcessor processor, int phase) {
		return ReflectionTestUtils.invokeMethod(processor, "determineShutdownTimeout", phase);
	}

	private void note(ApplicationEvent event) {
		this.steps.add((event instanceof AvailabilityChangeEvent<?> change) ? change.getState().toString()
				: event.getClass().getSimpleName());
	}

	@Test
	void whenContextClosesThenTrafficIsRefusedFirstAndBeansAreDestroyedLast() {
		CountDownLatch gate = new CountDownLatch(1);
		this.contextRunner.withBean("steps", ApplicationListener.class, () -> this::note)
			.withBean("dataSource", DisposableBean.class, () -> () -> this.steps.add("dataSource destroyed"))
			.withBean("webServer", SmartLifecycle.class, WebServer::new)
			.run((context) -> {
				context.getBean("io", BoundedExecutor.class).execute(() -> {
					try {
						gate.await();
						this.steps.add("task ended");
					}
					catch (InterruptedException ex) {
						this.steps.add("task interrupted");
					}
				});
				context.getBean("webServer", WebServer.class).onStop = () -> {
					this.steps.add("web server stopped");
					gate.countDown();
				};
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				this.steps.clear();
			});

		assertThat(this.steps).containsExactly("REFUSING_TRAFFIC", "ContextClosedEvent", "web server stopped",
				"task ended", "PayloadApplicationEvent", "dataSource destroyed");
	}

	@Test
	void withDefaultsSpringWaitsForOurPhaseAndTheWebServerHasTheGracePeriod() {
		this.contextRunner.run((context) -> {
			DefaultLifecycleProcessor processor = context.getBean(DefaultLifecycleProcessor.class);

			assertThat(timeout(processor, PhasedShutdown.PHASE)).isEqualTo(32_000L);
			assertThat(timeout(processor, SmartLifecycle.DEFAULT_PHASE - 1024)).isEqualTo(25_000L);
			assertThat(timeout(processor, 0)).isEqualTo(30_000L);
		});
	}

	@Test
	void whenTheUserSetsATimeoutPerPhaseThenItHoldsForTheWebServerAndOursIfLonger() {
		this.contextRunner
			.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=1m", "async.shutdown.grace-period=2m")
			.run((context) -> {
				DefaultLifecycleProcessor processor = context.getBean(DefaultLifecycleProcessor.class);

				assertThat(timeout(processor, PhasedShutdown.PHASE)).isEqualTo(127_000L);
				assertThat(timeout(processor, SmartLifecycle.DEFAULT_PHASE - 1024)).isEqualTo(60_000L);
			});
		this.contextRunner.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=1m")
			.run((context) -> assertThat(
					timeout(context.getBean(DefaultLifecycleProcessor.class), PhasedShutdown.PHASE))
				.isEqualTo(60_000L));
	}

	@Test
	void whenTheUserHasALifecycleProcessorThenItIsLeftAlone() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(AsyncExecutorAutoConfiguration.class, AsyncShutdownAutoConfiguration.class))
			.withBean("lifecycleProcessor", DefaultLifecycleProcessor.class, () -> {
				DefaultLifecycleProcessor processor = new DefaultLifecycleProcessor();
				processor.setTimeoutForShutdownPhase(PhasedShutdown.PHASE, 7);
				return processor;
			})
			.run((context) -> assertThat(
					timeout(context.getBean(DefaultLifecycleProcessor.class), PhasedShutdown.PHASE))
				.isEqualTo(7L));
	}

	@Test
	void beansTakePartInTheShutdown() {
		this.contextRunner
			.withBean("one", ShutdownParticipant.class, () -> new Participant(ShutdownStage.TASKS, this.steps))
			.withBean("more", ShutdownParticipants.class,
					() -> () -> List.of(new Participant(ShutdownStage.QUEUES, this.steps)))
			.run((context) -> assertThat(this.steps).isEmpty());

		assertThat(this.steps).containsExactly("QUEUES", "TASKS");
	}

	@Test
	void whenAReportFileIsConfiguredThenTheReportIsWrittenToIt(@TempDir Path directory) {
		Path file = directory.resolve("report.txt");

		this.contextRunner.withPropertyValues("async.shutdown.report-file=" + file)
			.run((context) -> assertThat(file).doesNotExist());

		assertThat(file).content().startsWith("Shutdown took ");
	}

	@Test
	void eventLoopsOfReactorNettyAreNotWaitedForUnlessTheUserSaysSo() {
		ApplicationContextRunner runner = this.contextRunner
			.withConfiguration(AutoConfigurations.of(ReactiveHttpClientAutoConfiguration.class));
		runner.run((context) -> assertThat(quietPeriod(context.getBean(ReactorResourceFactory.class)))
			.isEqualTo(Duration.ZERO));
		runner.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=1s")
			.run((context) -> assertThat(quietPeriod(context.getBean(ReactorResourceFactory.class)))
				.isEqualTo(Duration.ofSeconds(1)));
		runner.withBean(ReactorResourceFactory.class, ReactorResourceFactory::new)
			.run((context) -> assertThat(quietPeriod(context.getBean(ReactorResourceFactory.class)))
				.isEqualTo(Duration.ofSeconds(2)));
	}

	private static @Nullable Object quietPeriod(ReactorResourceFactory factory) {
		return ReflectionTestUtils.getField(factory, "shutdownQuietPeriod");
	}

	@Test
	void whenTheUserHasAShutdownThenItWins() {
		PhasedShutdown own = new PhasedShutdown(List::of, Duration.ZERO, Duration.ZERO);
		this.contextRunner.withBean("own", PhasedShutdown.class, () -> own)
			.run((context) -> assertThat(context.getBean(PhasedShutdown.class)).isSameAs(own));
	}

	/**
	 * Stops when Boot's web server does.
	 */
	private static final class WebServer implements SmartLifecycle {

		private volatile Runnable onStop = () -> {
		};

		private volatile boolean running;

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
			this.onStop.run();
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return ShutdownPhaseTimeouts.WEB_SERVER_PHASE;
		}

	}

	/**
	 * Notes its turn.
	 */
	private record Participant(ShutdownStage stage, List<String> steps) implements ShutdownParticipant {

		@Override
		public ShutdownStage getStage() {
			return this.stage;
		}

		@Override
		public void refuse() {
			this.steps.add(this.stage.name());
		}

		@Override
		public boolean awaitEnd(Duration atMost) {
			return true;
		}

		@Override
		public List<ShutdownAccount> accounts() {
			return List.of();
		}

		@Override
		public void cancel() {
		}

	}

}
