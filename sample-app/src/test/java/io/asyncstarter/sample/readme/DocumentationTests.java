package io.asyncstarter.sample.readme;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the documentation shows is right: its configuration starts an application, its
 * Java is compiled somewhere in this repository.
 */
@Timeout(60)
class DocumentationTests {

	private static final Path ROOT = Path.of("..");

	/**
	 * Pages whose Java is all compiled. Others show excerpts that do not compile alone.
	 */
	private static final List<String> COMPILED = List.of("README.md", "policies.md", "coming-from.md", "queues.md",
			"resources.md", "streams.md", "tasks.md");

	@ParameterizedTest(name = "{0}")
	@MethodSource("configuration")
	void theConfigurationStartsAnApplication(String place, String yaml) {
		new ApplicationContextRunner().withUserConfiguration(Application.class)
			.withInitializer((context) -> load(context.getEnvironment().getPropertySources(), yaml))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("java")
	void theJavaIsCompiledSomewhere(String place, String java) {
		assertThat(Sources.all()).as("sources that hold what %s shows", place)
			.anyMatch((source) -> source.contains(Sources.withoutIndentation(java)));
	}

	private static void load(MutablePropertySources sources, String yaml) {
		try {
			ByteArrayResource resource = new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8));
			new YamlPropertySourceLoader().load("documentation", resource).forEach(sources::addFirst);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Stream<Arguments> configuration() throws IOException {
		// groups of HTTP services are there only if somebody declares them
		return blocks("yaml", (path) -> !path.endsWith("http.md"))
			.filter((block) -> ((String) block.get()[1]).startsWith("async:"));
	}

	private static Stream<Arguments> java() throws IOException {
		return blocks("java", (path) -> COMPILED.contains(path.getFileName().toString()));
	}

	private static Stream<Arguments> blocks(String language, Predicate<Path> pages) throws IOException {
		List<Path> found;
		try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
			found = Stream.concat(Stream.of(ROOT.resolve("README.md")), files)
				.filter((path) -> path.toString().endsWith(".md"))
				.filter((path) -> !path.toString().contains("decisions") && !path.endsWith("mistakes.md"))
				.filter(pages)
				.sorted()
				.toList();
		}
		return found.stream().flatMap((page) -> blocks(language, page));
	}

	private static Stream<Arguments> blocks(String language, Path page) {
		Matcher matcher = Pattern.compile("```%s\n(.*?)```".formatted(language), Pattern.DOTALL)
			.matcher(Sources.read(page));
		List<String> blocks = matcher.results().map((result) -> result.group(1)).toList();
		return Stream.iterate(0, (index) -> index < blocks.size(), (index) -> index + 1)
			.map((index) -> Arguments.of("%s #%d".formatted(ROOT.relativize(page), index + 1), blocks.get(index)));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	/**
	 * The Java sources of this repository, without indentation.
	 */
	private static final class Sources {

		private static final List<String> ALL = load();

		static List<String> all() {
			return ALL;
		}

		private static List<String> load() {
			try (Stream<Path> files = Files.walk(ROOT)) {
				return files.filter((path) -> path.toString().endsWith(".java"))
					.filter((path) -> !path.toString().contains("/target/"))
					.map((path) -> withoutIndentation(read(path)))
					.toList();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		static String withoutIndentation(String text) {
			return text.lines().map(String::strip).collect(Collectors.joining("\n"));
		}

		static String read(Path path) {
			try {
				return Files.readString(path);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
