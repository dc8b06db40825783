package io.asyncstarter.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoopGroup;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

import io.asyncstarter.actuate.MonitorKind;
import io.asyncstarter.monitor.AsyncMonitor;
import io.asyncstarter.monitor.EventLoopMonitor;
import io.asyncstarter.monitor.EventLoopState;
import io.asyncstarter.monitor.FindingKind;
import io.asyncstarter.monitor.MonitorListener;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class AsyncMonitorAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(AsyncExecutorAutoConfiguration.class, AsyncMonitorAutoConfiguration.class,
					AsyncMetricsAutoConfiguration.class, MetricsAutoConfiguration.class));

	private static ReactorResourceFactory ownLoops() {
		ReactorResourceFactory factory = new ReactorResourceFactory();
		factory.setUseGlobalResources(false);
		factory.setLoopResourcesSupplier(() -> LoopResources.create("own", 2, true));
		factory.setShutdownQuietPeriod(Duration.ZERO);
		return factory;
	}

	@Test
	void withoutAnyPropertiesAllIsWatched() {
		this.contextRunner.run((context) -> {
			AsyncMonitor monitor = context.getBean(AsyncMonitor.class);

			assertThat(monitor.isRunning()).isTrue();
			assertThat(monitor.getThresholds()).isEqualTo(
					Map.of(FindingKind.EVENT_LOOP_BLOCKED, Duration.ofMillis(100), FindingKind.VIRTUAL_THREADS_STARVED,
							Duration.ofMillis(200), FindingKind.THREAD_PINNED, Duration.ofMillis(50)));
			assertThat(context.getBean(EventLoopMonitor.class)).isSameAs(monitor.getEventLoops());
		});
	}

	@Test
	void eachMonitorCanBeSwitchedOff() {
		this.contextRunner
			.withPropertyValues("async.monitor.event-loop.enabled=false", "async.monitor.virtual-threads.enabled=false",
					"async.monitor.pinning.enabled=false")
			.run((context) -> assertThat(context.getBean(AsyncMonitor.class).getThresholds()).isEmpty());
	}

	@Test
	void thresholdsComeFromTheProperties() {
		this.contextRunner
			.withPropertyValues("async.monitor.event-loop.warn-above=1ms",
					"async.monitor.virtual-threads.warn-above=2ms", "async.monitor.pinning.warn-above=3ms")
			.run((context) -> assertThat(context.getBean(AsyncMonitor.class).getThresholds().values())
				.containsExactly(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(3)));
	}

	@Test
	void whileTheApplicationStartsNothingIsFound() {
		this.contextRunner
			.withPropertyValues("async.monitor.event-loop.warn-above=10ms", "async.monitor.event-loop.start-after=10s")
			.withBean(ReactorResourceFactory.class, AsyncMonitorAutoConfigurationTests::ownLoops)
			.run((context) -> {
				EventLoopMonitor eventLoops = context.getBean(EventLoopMonitor.class);
				eventLoops.register("stuck", List.of((task) -> {
				}));
				Awaitility.await()
					.until(() -> eventLoops.getLoops().stream().anyMatch((loop) -> loop.thread() != null));

				assertThat(eventLoops.getFindings()).isEmpty();
				assertThat(context).hasSingleBean(MonitorReadiness.class);
			});
	}

	@Test
	void whenThereIsNoTimeAfterTheStartThenFindingsBeginAtOnce() {
		this.contextRunner.withPropertyValues("async.monitor.event-loop.warn-above=10ms").run((context) -> {
			EventLoopMonitor eventLoops = context.getBean(EventLoopMonitor.class);
			eventLoops.register("stuck", List.of((task) -> {
			}));

			Awaitility.await().until(() -> !eventLoops.getFindings().isEmpty());
		});
	}

	@Test
	void whenAThresholdIsNotPositiveThenTheKeyIsNamed() {
		this.contextRunner.withPropertyValues("async.monitor.event-loop.warn-above=0s")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("'async.monitor.event-loop.warn-above' it must be greater than zero"));
	}

	@Test
	void loopsOfReactorNettyAreFoundAndMeasured() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withBean(ReactorResourceFactory.class, AsyncMonitorAutoConfigurationTests::ownLoops)
			.run((context) -> {
				EventLoopMonitor eventLoops = context.getBean(EventLoopMonitor.class);
				MeterRegistry registry = context.getBean(MeterRegistry.class);

				assertThat(eventLoops.getLoops()).extracting(EventLoopState::name)
					.containsExactly("reactor-http-1", "reactor-http-2");
				Awaitility.await()
					.until(() -> registry.find("async.event-loop.lag").timers().size() == 2
							&& registry.get("async.virtual-threads.lag").timer().count() > 0);
				assertThat(eventLoops.getLoops()).extracting(EventLoopState::thread)
					.allSatisfy((thread) -> assertThat(thread).startsWith("own-"));
				assertThat(registry.get("async.event-loop.blocked").counters()).hasSize(2);
				assertThat(registry.get("async.virtual-threads.starved").counter().count()).isZero();
				assertThat(registry.get("async.threads.pinned").timer().count()).isZero();
			});
	}

	@Test
	void listenersAreTold() {
		CompletableFuture<Duration> lag = new CompletableFuture<>();
		this.contextRunner.withBean(MonitorListener.class, () -> new MonitorListener() {

			@Override
			public void virtualThreadLag(Duration measured) {
				lag.complete(measured);
			}

		}).run((context) -> assertThat(lag.get()).isGreaterThanOrEqualTo(Duration.ZERO));
	}

	@Test
	void whenTheUserHasAMonitorThenItWins() {
		AsyncMonitor own = AsyncMonitor.builder().build();
		this.contextRunner.withBean("own", AsyncMonitor.class, () -> own)
			.run((context) -> assertThat(context.getBean(AsyncMonitor.class)).isSameAs(own));
	}

	@Test
	void whenNettyIsAbsentThenTheRestIsWatched() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(LoopResources.class, EventLoopGroup.class))
			.run((context) -> assertThat(context).hasSingleBean(AsyncMonitor.class)
				.doesNotHaveBean("asyncReactorNettyEventLoops"));
	}

	@Test
	void endpointShowsWhatIsWatched() {
		this.contextRunner.withPropertyValues("async.monitor.pinning.enabled=false")
			.withBean(ReactorResourceFactory.class, AsyncMonitorAutoConfigurationTests::ownLoops)
			.run((context) -> {
				MonitorKind kind = new MonitorKind(context.getBean(AsyncMonitor.class));

				assertThat(kind.all()).containsOnlyKeys("event-loop", "virtual-threads");
				assertThat(kind.find("event-loop")).get().satisfies((descriptor) -> {
					assertThat(descriptor.warnAboveMillis()).isEqualTo(100);
					assertThat(descriptor.loops()).hasSize(2);
					assertThat(descriptor.findings()).isEqualTo(List.of());
				});
				assertThat(kind.find("pinning")).isEmpty();
				assertThat(kind.find("monitor")).isEmpty();
			});
	}

}
