package io.asyncstarter.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

import io.asyncstarter.lifecycle.ExecutorDrain;
import io.asyncstarter.lifecycle.PhasedShutdown;
import io.asyncstarter.lifecycle.ShutdownParticipant;
import io.asyncstarter.lifecycle.ShutdownParticipants;
import io.asyncstarter.lifecycle.ShutdownReportFile;
import io.asyncstarter.lifecycle.TasksDrain;
import io.asyncstarter.lifecycle.WorkQueueDrain;
import io.asyncstarter.task.Tasks;

/**
 * Auto-configuration for the shutdown in phases.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = AsyncExecutorAutoConfiguration.class)
@EnableConfigurationProperties(AsyncProperties.class)
public final class AsyncShutdownAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	PhasedShutdown asyncPhasedShutdown(ConfigurableListableBeanFactory beanFactory, AsyncProperties properties,
			ObjectProvider<ShutdownParticipant> participants, ObjectProvider<ShutdownParticipants> groups,
			ObjectProvider<Tasks> tasks) {
		ShutdownProperties shutdown = properties.shutdown();
		return new PhasedShutdown(() -> {
			List<ShutdownParticipant> all = new ArrayList<>(participants.orderedStream().toList());
			groups.orderedStream().forEach((group) -> all.addAll(group.get()));
			new BeanFactoryWorkQueues(beanFactory).existing().forEach((queue) -> all.add(new WorkQueueDrain(queue)));
			tasks.stream().forEach((each) -> all.add(new TasksDrain(each)));
			all.add(new ExecutorDrain(new BeanFactoryBoundedExecutors(beanFactory)::existing));
			return all;
		}, shutdown.gracePeriod(), shutdown.cancelPeriod());
	}

	@Bean
	@ConditionalOnProperty("async.shutdown.report-file")
	ShutdownReportFile asyncShutdownReportFile(AsyncProperties properties) {
		Path file = properties.shutdown().reportFile();
		return new ShutdownReportFile((file != null) ? file : Path.of("shutdown-report.txt"));
	}

	@Bean
	RefusingTraffic asyncRefusingTraffic() {
		return new RefusingTraffic();
	}

	@Bean
	static ShutdownPhaseTimeouts asyncShutdownPhaseTimeouts(ConfigurableListableBeanFactory beanFactory,
			Environment environment) {
		return new ShutdownPhaseTimeouts(beanFactory, environment);
	}

	/**
	 * What takes part in the shutdown of Reactor Netty.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ LoopResources.class, ReactorResourceFactory.class })
	static class ReactorNettyConfiguration {

		@Bean
		static ReactorNettyQuietPeriod asyncReactorNettyQuietPeriod(ConfigurableListableBeanFactory beanFactory,
				Environment environment) {
			return new ReactorNettyQuietPeriod(beanFactory, environment);
		}

	}

}
