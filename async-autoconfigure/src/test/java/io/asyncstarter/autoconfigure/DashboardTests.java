package io.asyncstarter.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.NamingConvention;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.io.FileSystemResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the dashboard and the alert rules name is there, and so are the tags.
 */
@Timeout(60)
class DashboardTests {

	private static final Path DIRECTORY = Path.of("../docs/operations");

	private static final Pattern METRIC = Pattern.compile("\\b(async|executor)_[a-z0-9_]+(\\{[^}]*\\})?");

	private static final Pattern LABEL = Pattern.compile("([a-z_]+)\\s*(=|!=|=~|!~)");

	@ParameterizedTest
	@ValueSource(strings = { "grafana-dashboard.json", "alerts.yml" })
	void everyMetricAndLabelExists(String file) throws IOException {
		String text = Files.readString(DIRECTORY.resolve(file)).replace("\\\"", "\"");
		EverythingOn.run((context) -> {
			List<Metric> known = metrics(context.getBean(MeterRegistry.class));
			Matcher matcher = METRIC.matcher(text);
			List<String> unknown = new ArrayList<>();
			int found = 0;
			while (matcher.find()) {
				found++;
				String expression = matcher.group();
				if (known.stream().noneMatch((metric) -> metric.matches(expression))) {
					unknown.add(expression);
				}
			}
			assertThat(found).isGreaterThan(5);
			assertThat(unknown).isEmpty();
		});
	}

	@Test
	void dashboardIsJson() throws IOException {
		assertThat(JsonParserFactory.getJsonParser()
			.parseMap(Files.readString(DIRECTORY.resolve("grafana-dashboard.json")))).containsKeys("title", "panels");
	}

	@Test
	void alertsAreYaml() throws IOException {
		assertThat(
				new YamlPropertySourceLoader().load("alerts", new FileSystemResource(DIRECTORY.resolve("alerts.yml"))))
			.singleElement()
			.satisfies((source) -> assertThat(source.getProperty("groups[0].rules[0].alert")).isNotNull());
	}

	private static List<Metric> metrics(MeterRegistry registry) {
		List<Metric> metrics = new ArrayList<>();
		EverythingOn.meters(registry).values().forEach((meters) -> meters.forEach((meter) -> {
			Set<String> labels = new TreeSet<>();
			meter.getId().getTags().forEach((tag) -> labels.add(sanitized(tag.getKey())));
			names(meter.getId()).forEach((name) -> metrics.add(new Metric(name, labels)));
		}));
		return metrics;
	}

	/**
	 * Returns the names that Prometheus has for a meter, as Micrometer's
	 * {@code PrometheusNamingConvention} gives them.
	 */
	static List<String> names(Meter.Id id) {
		String name = NamingConvention.snakeCase.name(id.getName(), id.getType(), id.getBaseUnit());
		String unit = id.getBaseUnit();
		boolean timer = id.getType() == Meter.Type.TIMER || id.getType() == Meter.Type.LONG_TASK_TIMER;
		if (!timer && unit != null && !name.endsWith("_" + unit)) {
			name += "_" + unit;
		}
		String full = sanitized(name);
		if (timer) {
			return List.of(full + "_seconds_count", full + "_seconds_sum", full + "_seconds_max");
		}
		return List.of((id.getType() == Meter.Type.COUNTER) ? full + "_total" : full);
	}

	private static String sanitized(String name) {
		return name.replaceAll("[^a-zA-Z0-9_]", "_");
	}

	/**
	 * A metric as Prometheus has it.
	 *
	 * @param name its name
	 * @param labels its labels
	 */
	private record Metric(String name, Set<String> labels) {

		private boolean matches(String expression) {
			int brace = expression.indexOf('{');
			if (brace < 0) {
				return expression.equals(this.name);
			}
			if (!expression.substring(0, brace).equals(this.name)) {
				return false;
			}
			Matcher label = LABEL.matcher(expression.substring(brace + 1));
			boolean all = true;
			while (label.find()) {
				all &= this.labels.contains(label.group(1))
						|| Set.of("application", "instance", "job").contains(label.group(1));
			}
			return all;
		}

	}

}
