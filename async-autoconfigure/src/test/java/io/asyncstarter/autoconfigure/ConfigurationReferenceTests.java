package io.asyncstarter.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every key has a description, and {@code docs/configuration.md} says what the metadata
 * says. Run with {@code -Dasync.docs.write=true} to write the page anew.
 */
class ConfigurationReferenceTests {

	private static final Path CLASSES = Path.of("target/classes/META-INF");

	private static final Path PAGE = Path.of("../docs/configuration.md");

	/**
	 * Maps: their key, the name of an entry in it, and the type of the entries.
	 */
	private static final Map<String, Class<?>> MAPS = Map.of("async.executors", ExecutorProperties.class,
			"async.http.groups", HttpGroupProperties.class, "async.policies", PolicyProperties.class, "async.queues",
			QueueProperties.class, "async.rate-limiters", RateLimiterProperties.class, "async.task-groups",
			TaskGroupProperties.class);

	@Test
	void everyKeyHasADescriptionAndAType() throws IOException {
		assertThat(keys()).isNotEmpty().allSatisfy((key) -> {
			assertThat(key.description()).as(key.name()).isNotBlank().endsWith(".");
			assertThat(key.type()).as(key.name()).isNotBlank();
		});
	}

	@Test
	void thePageIsUpToDate() throws IOException {
		String page = page();
		if (Boolean.getBoolean("async.docs.write")) {
			Files.writeString(PAGE, page);
		}

		assertThat(PAGE)
			.as("run: mvn -pl async-autoconfigure test -Dtest=ConfigurationReferenceTests " + "-Dasync.docs.write=true")
			.content()
			.isEqualTo(page);
	}

	private static List<Key> keys() throws IOException {
		List<Key> keys = new ArrayList<>();
		for (Key key : read(CLASSES.resolve("spring-configuration-metadata.json"))) {
			Class<?> entries = MAPS.get(key.name());
			if (entries == null) {
				keys.add(key);
				continue;
			}
			Path source = CLASSES.resolve("spring/configuration-metadata/%s.json".formatted(entries.getName()));
			read(source).stream()
				.map((entry) -> new Key("%s.<name>.%s".formatted(key.name(), entry.name()), entry.type(),
						entry.defaultValue(), entry.description()))
				.forEach(keys::add);
		}
		keys.sort(Comparator.comparing(Key::name));
		return keys;
	}

	private static List<Key> read(Path file) throws IOException {
		Map<String, Object> metadata = JsonParserFactory.getJsonParser().parseMap(Files.readString(file));
		return ((List<?>) metadata.getOrDefault("properties", List.of())).stream()
			.map((property) -> key((Map<?, ?>) property))
			.toList();
	}

	private static Key key(Map<?, ?> property) {
		String name = String.valueOf(property.get("name"));
		Object defaultValue = property.get("defaultValue");
		return new Key(name, text(property.get("type")), text(defaultValue), text(property.get("description")));
	}

	private static String text(@Nullable Object value) {
		return (value != null) ? value.toString() : "";
	}

	private static String page() throws IOException {
		StringBuilder page = new StringBuilder(
				"""
						# Configuration reference

						Generated from the configuration metadata; a test fails when it is stale. `<name>` is a name of your own:
						lower-case letters, digits and single dashes.

						| key | type | default | meaning |
						| --- | --- | --- | --- |
						""");
		for (Key key : keys()) {
			page.append("| `%s` | %s | %s | %s |%n".formatted(key.name(), type(key.type()),
					(!key.defaultValue().isEmpty()) ? "`%s`".formatted(key.defaultValue()) : "", key.description()));
		}
		return page.toString();
	}

	private static String type(String name) {
		if (name.startsWith("java.util.List<java.lang.Class<")) {
			return "List of classes";
		}
		if (name.startsWith("java.util.List<")) {
			return "List of %s".formatted(type(name.substring("java.util.List<".length(), name.length() - 1)));
		}
		Class<?> type = ClassUtils.resolveClassName(name.replaceAll("<.*", ""), null);
		Object[] constants = type.getEnumConstants();
		if (constants == null) {
			return type.getSimpleName();
		}
		return Stream.of(constants)
			.map((constant) -> "`%s`".formatted(((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-')))
			.collect(Collectors.joining(", "));
	}

	record Key(String name, String type, String defaultValue, String description) {

	}

}
