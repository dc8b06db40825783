package io.asyncstarter.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code docs/mistakes.md} shows what its examples really print. Run with
 * {@code -Dasync.docs.write=true} to write the texts anew.
 */
@Timeout(30)
class MistakesPageTests {

	private static final Path PAGE = Path.of("../docs/mistakes.md");

	private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```\n\n```text\n(.*?)```", Pattern.DOTALL);

	@Test
	void everyExamplePrintsItsText() throws IOException {
		String page = Files.readString(PAGE);
		StringBuilder expected = new StringBuilder();
		Matcher example = EXAMPLE.matcher(page);
		while (example.find()) {
			String yaml = example.group(1);
			example.appendReplacement(expected,
					Matcher.quoteReplacement("```yaml\n%s```\n\n```text\n%s\n```".formatted(yaml, print(yaml))));
		}
		example.appendTail(expected);
		if (Boolean.getBoolean("async.docs.write")) {
			Files.writeString(PAGE, expected);
		}

		assertThat(PAGE).content().isEqualTo(expected.toString());
		assertThat(EXAMPLE.matcher(page).results()).hasSize(5);
	}

	private static String print(String yaml) {
		StringBuilder text = new StringBuilder();
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(AsyncExecutorAutoConfiguration.class))
			.withInitializer((context) -> load(yaml, context.getEnvironment().getPropertySources()))
			.run((context) -> {
				FailureAnalysis analysis = new InvalidAsyncConfigurationFailureAnalyzer()
					.analyze(Objects.requireNonNull(context.getStartupFailure()));
				assertThat(analysis).isNotNull();
				text.append("Description:\n\n%s\n\nAction:\n\n%s".formatted(analysis.getDescription(),
						analysis.getAction()));
			});
		return text.toString();
	}

	private static void load(String yaml, MutablePropertySources sources) {
		try {
			new YamlPropertySourceLoader().load("application.yml", new ApplicationYaml(yaml))
				.forEach(sources::addFirst);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Describes itself as the file in which users write.
	 */
	private static final class ApplicationYaml extends ByteArrayResource {

		private ApplicationYaml(String yaml) {
			super(yaml.getBytes(StandardCharsets.UTF_8));
		}

		@Override
		public String getDescription() {
			return "class path resource [application.yml]";
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return this == other;
		}

		@Override
		public int hashCode() {
			return System.identityHashCode(this);
		}

	}

}
