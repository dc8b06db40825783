package io.asyncstarter.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.ApplicationContext;
import org.springframework.core.ResolvableType;

import io.asyncstarter.actuate.AsyncEndpointKind;
import io.asyncstarter.actuate.AsyncHealthCheck;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code docs/operations/reference.md} names every meter, tag, endpoint field and health
 * section that there is. Run with {@code -Dasync.docs.write=true} to write the page anew.
 */
@Timeout(60)
class OperationsReferenceTests {

	private static final Path PAGE = Path.of("../docs/operations/reference.md");

	private static final Path SOURCES = Path.of("src/main/java");

	/**
	 * Tags whose values are the user's own.
	 */
	private static final Set<String> OPEN_TAGS = Set.of("name");

	@Test
	void thePageIsUpToDate() {
		EverythingOn.run((context) -> {
			String page = "# Reference of operations\n\n"
					+ "Generated from a running application; a test fails when it is stale. [Operations](../operations.md) explains it.\n\n"
					+ meters(context.getBean(MeterRegistry.class)) + endpoint(context) + health(context);
			try {
				if (Boolean.getBoolean("async.docs.write")) {
					Files.writeString(PAGE, page);
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			assertThat(PAGE)
				.as("run: mvn -pl async-autoconfigure test -Dtest=OperationsReferenceTests "
						+ "-Dasync.docs.write=true")
				.content()
				.isEqualTo(page);
		});
	}

	private static String meters(MeterRegistry registry) {
		StringBuilder text = new StringBuilder("""
				## Meters

				The names in Prometheus are those that Micrometer makes of them.

				| meter | kind | tags | what | in Prometheus |
				| --- | --- | --- | --- | --- |
				""");
		EverythingOn.meters(registry).forEach((name, meters) -> {
			Meter.Id id = meters.get(0).getId();
			text.append("| `%s` | %s | %s | %s | `%s` |\n".formatted(name, kind(meters.get(0)), tags(meters),
					id.getDescription(), DashboardTests.names(id).get(0)));
		});
		text.append(
				"\nTags have more values than these where they appear only when they first happen. So do these meters:\n\n");
		rare(registry).forEach((name, what) -> text.append("- `%s`: %s\n".formatted(name, what)));
		return text.append('\n').toString();
	}

	/**
	 * Returns the meters that our binders can register and have not: name and
	 * description.
	 */
	private static SortedMap<String, String> rare(MeterRegistry registry) {
		SortedMap<String, String> rare = new TreeMap<>();
		try (Stream<Path> files = Files.list(SOURCES.resolve("io/asyncstarter/actuate"))) {
			for (Path file : files.filter((path) -> path.toString().endsWith("Metrics.java")).toList()) {
				Matcher matcher = Pattern
					.compile("\"(async\\.[a-z.-]+)\"[^\"]*(?:\"[a-z][^\"]*\"[^\"]*)*\"([A-Z][^\"]+)\"")
					.matcher(Files.readString(file));
				while (matcher.find()) {
					rare.put(matcher.group(1), matcher.group(2));
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		rare.keySet().removeAll(EverythingOn.meters(registry).keySet());
		return rare;
	}

	private static String kind(Meter meter) {
		String type = meter.getId().getType().name().toLowerCase(Locale.ROOT).replace('_', ' ');
		return (meter instanceof FunctionTimer) ? type + " without a maximum" : type;
	}

	private static String tags(List<Meter> meters) {
		SortedMap<String, Set<String>> tags = new TreeMap<>();
		meters.forEach((meter) -> meter.getId()
			.getTags()
			.forEach((tag) -> tags.computeIfAbsent(tag.getKey(), (key) -> new TreeSet<>()).add(tag.getValue())));
		return tags.entrySet()
			.stream()
			.map((tag) -> (OPEN_TAGS.contains(tag.getKey())) ? "`%s`".formatted(tag.getKey())
					: "`%s`: %s".formatted(tag.getKey(), String.join(", ", tag.getValue())))
			.collect(Collectors.joining("; "));
	}

	@SuppressWarnings("rawtypes")
	private static String endpoint(ApplicationContext context) {
		StringBuilder text = new StringBuilder("## Endpoint `async`\n\n");
		context.getBeanProvider(AsyncEndpointKind.class).orderedStream().forEach((kind) -> {
			ResolvableType type = ResolvableType.forClass(kind.getClass()).as(AsyncEndpointKind.class).getGeneric();
			text.append(
					"### `/actuator/async/%s/{name}`\n\n| field | what |\n| --- | --- |\n".formatted(kind.getName()));
			fields(text, "", type.resolve(Object.class));
			text.append('\n');
		});
		return text.toString();
	}

	private static void fields(StringBuilder text, String prefix, Class<?> type) {
		Map<String, String> descriptions = descriptions(type);
		for (RecordComponent component : type.getRecordComponents()) {
			String name = prefix + component.getName();
			text.append("| `%s` | %s |\n".formatted(name, descriptions.getOrDefault(component.getName(), "")));
			records(component.getGenericType())
				.forEach((nested) -> fields(text, name + ((isMany(component)) ? "[]." : "."), nested));
		}
	}

	private static boolean isMany(RecordComponent component) {
		return component.getGenericType() instanceof ParameterizedType;
	}

	/**
	 * Returns our record types in a type.
	 */
	private static Set<Class<?>> records(Type type) {
		Set<Class<?>> records = new LinkedHashSet<>();
		if (type instanceof Class<?> one && one.isRecord() && one.getName().startsWith("io.asyncstarter.actuate.")) {
			records.add(one);
		}
		else if (type instanceof ParameterizedType generic) {
			for (Type argument : generic.getActualTypeArguments()) {
				records.addAll(records(argument));
			}
		}
		return records;
	}

	/**
	 * Reads what the Javadoc of a record says of its components.
	 */
	private static Map<String, String> descriptions(Class<?> type) {
		Class<?> top = type;
		while (top.getEnclosingClass() != null) {
			top = top.getEnclosingClass();
		}
		String source;
		try {
			source = Files.readString(SOURCES.resolve(top.getName().replace('.', '/') + ".java"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		String before = source.substring(0, source.indexOf("record %s(".formatted(type.getSimpleName())));
		String comment = before.substring(before.lastIndexOf("/**"), before.lastIndexOf("*/"))
			.strip()
			.replaceAll("\\s*\\n\\s*\\*\\s?", " ");
		Map<String, String> descriptions = new TreeMap<>();
		Matcher matcher = Pattern.compile("@param (\\w+) (.*?)(?=@param|@since|$)").matcher(comment);
		while (matcher.find()) {
			descriptions.put(matcher.group(1), matcher.group(2).strip().replaceAll("\\{@code (.*?)\\}", "`$1`"));
		}
		return descriptions;
	}

	private static String health(ApplicationContext context) {
		StringBuilder text = new StringBuilder(
				"""
						## Health contributor `async`

						Each section is `"ok"`, or has an entry with `status` and `problem` for each thing that is not well. The worst decides.

						| section | what it finds |
						| --- | --- |
						""");
		context.getBeanProvider(AsyncHealthCheck.class)
			.orderedStream()
			.sorted(Comparator.comparing(AsyncHealthCheck::getName))
			.forEach((check) -> text
				.append("| `%s` | %s |\n".formatted(check.getName(), firstSentence(check.getClass()))));
		return text.toString();
	}

	private static String firstSentence(Class<?> type) {
		try {
			String source = Files.readString(SOURCES.resolve(type.getName().replace('.', '/') + ".java"));
			String comment = source.substring(source.indexOf("/**") + 3, source.indexOf("*/"))
				.replaceAll("\\s*\\n\\s*\\*\\s?", " ")
				.replaceAll("\\{@link \\w+#(\\w+)\\}", "`$1`")
				.strip();
			return comment.substring(0, comment.indexOf(". ") + 1);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
