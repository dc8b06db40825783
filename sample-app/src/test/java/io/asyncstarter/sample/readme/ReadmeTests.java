package io.asyncstarter.sample.readme;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.scheduling.annotation.EnableAsync;

import io.asyncstarter.autoconfigure.AsyncExecutorAutoConfiguration;
import io.asyncstarter.autoconfigure.AsyncPolicyAnnotationAutoConfiguration;
import io.asyncstarter.autoconfigure.AsyncPolicyAutoConfiguration;
import io.asyncstarter.autoconfigure.AsyncQueueAutoConfiguration;
import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.PolicyCustomizer;
import io.asyncstarter.queue.DeadLetter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The README's YAML and Java are what is compiled and run here.
 */
@Timeout(30)
class ReadmeTests {

	private static final Path README = Path.of("../README.md");

	private static final Path POLICIES = Path.of("../docs/policies.md");

	private static final Path QUEUES = Path.of("../docs/queues.md");

	private static final Path SNIPPET = Path.of("src/test/java/io/asyncstarter/sample/readme/Reports.java");

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(AsyncExecutorAutoConfiguration.class, TaskExecutionAutoConfiguration.class,
						AsyncPolicyAutoConfiguration.class, AsyncPolicyAnnotationAutoConfiguration.class))
		.withInitializer((context) -> load(README, context.getEnvironment().getPropertySources()))
		.withUserConfiguration(ReportsConfiguration.class);

	@Test
	void theJavaIsTheCompiledOne() throws IOException {
		assertThat(block(README, "java")).isEqualTo(region(Files.readString(SNIPPET)));
	}

	@Test
	void thePolicyIsTheCompiledOneAndRuns() throws IOException {
		assertThat(block(POLICIES, "java")).isEqualTo(region(Files.readString(SNIPPET.resolveSibling("Github.java"))));
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(AsyncExecutorAutoConfiguration.class, AsyncPolicyAutoConfiguration.class))
			.withInitializer((context) -> load(POLICIES, context.getEnvironment().getPropertySources()))
			.withUserConfiguration(GithubConfiguration.class)
			.run((context) -> {
				Github github = context.getBean(Github.class);

				assertThat(github.value(7)).isEqualTo("repository 7");
				assertThat(github.stage(7).toCompletableFuture().get()).isEqualTo("repository 7");
				assertThat(github.mono(7).block()).isEqualTo("repository 7");
				assertThat(github.value(-1)).isEqualTo("unknown");
			});
	}

	@Test
	void theEmailsOfTheQueuesPageAreDeliveredOrGivenUp() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(AsyncExecutorAutoConfiguration.class,
					AsyncPolicyAutoConfiguration.class, AsyncQueueAutoConfiguration.class))
			.withInitializer((context) -> load(QUEUES, context.getEnvironment().getPropertySources()))
			.withBean(Newsletter.class)
			.run((context) -> {
				Newsletter newsletter = context.getBean(Newsletter.class);

				newsletter.put(new Newsletter.Email("", "welcome"));
				newsletter.put(new Newsletter.Email("ann", "welcome"));
				assertThat(newsletter.offer(new Newsletter.Email("bob", "welcome"))).isTrue();
				newsletter.send(new Newsletter.Email("cid", "welcome")).join();
				newsletter.sendMono(new Newsletter.Email("dora", "welcome")).block();

				Awaitility.await().until(() -> newsletter.delivered.size() == 4 && newsletter.failed.size() == 1);
				assertThat(newsletter.delivered).extracting(Newsletter.Email::to)
					.containsExactlyInAnyOrder("ann", "bob", "cid", "dora");
				assertThat(newsletter.failed).extracting(DeadLetter::attempts).containsExactly(4);
			});
	}

	@Test
	void theYamlGivesTheExecutorItDescribes() {
		this.contextRunner.run((context) -> {
			BoundedExecutor reporting = context.getBean("reporting", BoundedExecutor.class);

			assertThat(reporting.getMaxConcurrency()).isEqualTo(20);
			assertThat(reporting.getQueueCapacity()).isEqualTo(200);
		});
	}

	@Test
	void theMethodsRunWhereAndHowTheReadmeSays() {
		this.contextRunner.run((context) -> {
			Reports reports = context.getBean(Reports.class);

			Reports.Report report = reports.report(7).get();
			assertThat(report.thread()).startsWith("reporting-");
			assertThat(report.left()).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(5));
		});
	}

	@Test
	void thePolicyOfTheReadmeRepeatsLimitsAndFallsBack() {
		this.contextRunner.run((context) -> {
			Reports reports = context.getBean(Reports.class);
			FlakyArchive archive = context.getBean(FlakyArchive.class);

			Reports.Report second = reports.archived(7);
			Reports.Report none = reports.archived(-1);

			assertThat(archive.reads).hasSize(2 + 4);
			assertThat(second.thread()).isEqualTo(Thread.currentThread().getName());
			assertThat(second.left()).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(1));
			assertThat(none.thread()).isEqualTo("nobody");
		});
	}

	private static void load(Path page, MutablePropertySources sources) {
		try {
			ByteArrayResource yaml = new ByteArrayResource(block(page, "yaml").getBytes(StandardCharsets.UTF_8));
			new YamlPropertySourceLoader().load(page.toString(), yaml).forEach(sources::addFirst);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String block(Path page, String language) throws IOException {
		Matcher block = Pattern.compile("```%s\n(.*?)```".formatted(language), Pattern.DOTALL)
			.matcher(Files.readString(page));
		assertThat(block.find()).isTrue();
		return block.group(1);
	}

	private static String region(String source) {
		Matcher region = Pattern.compile("\t// tag::readme\\[]\n(.*?)\t// end::readme\\[]", Pattern.DOTALL)
			.matcher(source);
		assertThat(region.find()).isTrue();
		return region.group(1).replaceAll("(?m)^\t", "");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class ReportsConfiguration {

		@Bean
		FlakyArchive archive() {
			return new FlakyArchive();
		}

		@Bean
		Reports reports(FlakyArchive archive) {
			return new Reports(archive);
		}

	}

	/**
	 * Answers the second read of a report, and none of those below zero.
	 */
	static class FlakyArchive implements Reports.Archive {

		final List<Long> reads = new ArrayList<>();

		@Override
		public Reports.Report read(long id) {
			this.reads.add(id);
			if (id < 0 || this.reads.size() == 1) {
				throw new UncheckedIOException(new IOException("The archive is out"));
			}
			return new Reports.Report(id, Thread.currentThread().getName(), Deadline.current().remaining());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class GithubConfiguration {

		@Bean
		Github github(Policies policies) {
			return new Github(policies);
		}

		@Bean
		PolicyCustomizer githubFallback() {
			return (name, policy) -> {
				if (name.equals("github")) {
					policy.fallback((failure) -> "unknown");
				}
			};
		}

	}

}
