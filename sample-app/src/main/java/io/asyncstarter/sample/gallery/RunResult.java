package io.asyncstarter.sample.gallery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * What a run measured.
 *
 * @param headline the result in one sentence
 * @param figures what was measured
 * @param proofs what the pattern promises, each with the measurement that shows it
 * @param tables measurements with more than one dimension
 * @param distributions how measurements are spread
 * @since 0.1.0
 */
public record RunResult(String headline, List<Figure> figures, List<Proof> proofs, List<Table> tables,
		List<Distribution> distributions) {

	public RunResult {
		figures = List.copyOf(figures);
		proofs = List.copyOf(proofs);
		tables = List.copyOf(tables);
		distributions = List.copyOf(distributions);
	}

	/**
	 * Whether every promise was kept.
	 * @return {@code true} if all proofs are fine
	 */
	@JsonProperty
	public boolean proven() {
		return this.proofs.stream().allMatch(Proof::ok);
	}

	/**
	 * Start to collect a result.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * One measured number.
	 *
	 * @param name what was measured
	 * @param value the number
	 * @param unit its unit; empty for a count
	 * @param scale figures of one scale are drawn as bars beside each other; {@code null}
	 * if it stands alone
	 * @since 0.1.0
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Figure(String name, double value, String unit, @Nullable String scale) {

	}

	/**
	 * One promise and whether it was kept.
	 *
	 * @param claim what the pattern promises
	 * @param measured what was seen
	 * @param ok whether the one shows the other
	 * @since 0.1.0
	 */
	public record Proof(String claim, String measured, boolean ok) {

	}

	/**
	 * Measurements in rows and columns.
	 *
	 * @param title what it shows
	 * @param columns the heads of the columns
	 * @param rows the rows, each with one value a column
	 * @since 0.1.0
	 */
	public record Table(String title, List<String> columns, List<List<Object>> rows) {

		public Table {
			columns = List.copyOf(columns);
			rows = List.copyOf(rows);
		}

	}

	/**
	 * How measurements are spread, in classes of equal width.
	 *
	 * @param title what was measured
	 * @param unit its unit
	 * @param from where the first class begins
	 * @param width how wide a class is
	 * @param series the measurements to compare
	 * @since 0.1.0
	 */
	public record Distribution(String title, String unit, double from, double width, List<Spread> series) {

		public Distribution {
			series = List.copyOf(series);
		}

	}

	/**
	 * The measurements of one series.
	 *
	 * @param name what they belong to
	 * @param counts how many there are in each class
	 * @param marks points to show, such as percentiles
	 * @since 0.1.0
	 */
	public record Spread(String name, List<Integer> counts, List<Figure> marks) {

		public Spread {
			counts = List.copyOf(counts);
			marks = List.copyOf(marks);
		}

	}

	/**
	 * Builder of {@link RunResult}. Not for use by multiple threads.
	 *
	 * @since 0.1.0
	 */
	public static final class Builder {

		private final List<Figure> figures = new ArrayList<>();

		private final List<Proof> proofs = new ArrayList<>();

		private final List<Table> tables = new ArrayList<>();

		private final List<Distribution> distributions = new ArrayList<>();

		private String headline = "";

		private Builder() {
		}

		/**
		 * Say the result in one sentence.
		 * @param sentence the sentence, made of measured values
		 * @return this builder
		 */
		public Builder headline(String sentence) {
			this.headline = sentence;
			return this;
		}

		/**
		 * Add a count.
		 * @param name what was counted
		 * @param count how many
		 * @return this builder
		 */
		public Builder count(String name, long count) {
			this.figures.add(new Figure(name, count, "", null));
			return this;
		}

		/**
		 * Add a time.
		 * @param name what was timed
		 * @param time how long it took
		 * @return this builder
		 */
		public Builder time(String name, Duration time) {
			this.figures.add(new Figure(name, millis(time), "ms", null));
			return this;
		}

		/**
		 * Add a time that is to be compared with others of the same scale.
		 * @param name what was timed
		 * @param time how long it took
		 * @param scale the name of the scale
		 * @return this builder
		 */
		public Builder time(String name, Duration time, String scale) {
			this.figures.add(new Figure(name, millis(time), "ms", scale));
			return this;
		}

		/**
		 * Add a number.
		 * @param name what was measured
		 * @param value the number
		 * @param unit its unit
		 * @return this builder
		 */
		public Builder figure(String name, double value, String unit) {
			this.figures.add(new Figure(name, Math.round(value * 100) / 100.0, unit, null));
			return this;
		}

		/**
		 * Add a number that is to be compared with others of the same scale.
		 * @param name what was measured
		 * @param value the number
		 * @param unit its unit
		 * @param scale the name of the scale
		 * @return this builder
		 */
		public Builder figure(String name, double value, String unit, String scale) {
			this.figures.add(new Figure(name, value, unit, scale));
			return this;
		}

		/**
		 * Add a promise.
		 * @param claim what the pattern promises
		 * @param measured what was seen
		 * @param ok whether the one shows the other
		 * @return this builder
		 */
		public Builder proof(String claim, Object measured, boolean ok) {
			this.proofs.add(new Proof(claim, measured.toString(), ok));
			return this;
		}

		/**
		 * Add a table.
		 * @param title what it shows
		 * @param columns the heads of the columns
		 * @param rows the rows, each with one value a column
		 * @return this builder
		 */
		public Builder table(String title, List<String> columns, List<List<Object>> rows) {
			this.tables.add(new Table(title, columns, rows));
			return this;
		}

		/**
		 * Add how times are spread, series beneath series.
		 * @param title what was timed
		 * @param series the times of each series, by its name
		 * @return this builder
		 */
		public Builder distribution(String title, Map<String, Timings> series) {
			int classes = 50;
			double longest = series.values().stream().mapToDouble((times) -> millis(times.max())).max().orElse(0);
			double width = Math.max(longest, 1) * 1.02 / classes;
			List<Spread> spreads = new ArrayList<>();
			series.forEach((name,
					times) -> spreads.add(new Spread(name, times.classes(classes, width), Stream.of(50, 99)
						.map((percent) -> new Figure("p" + percent, millis(times.percentile(percent)), "ms", null))
						.toList())));
			this.distributions.add(new Distribution(title, "ms", 0, width, spreads));
			return this;
		}

		/**
		 * Build the result.
		 * @return the result
		 */
		public RunResult build() {
			return new RunResult(this.headline, this.figures, this.proofs, this.tables, this.distributions);
		}

		private static double millis(Duration time) {
			return Math.round(time.toNanos() / 10_000.0) / 100.0;
		}

	}

}
