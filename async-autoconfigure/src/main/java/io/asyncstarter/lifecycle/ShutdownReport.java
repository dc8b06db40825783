package io.asyncstarter.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What became of the work that had been accepted when the application closed: each piece
 * has completed, was cancelled, or was abandoned. It is published as an application
 * event.
 *
 * @param took how long the shutdown took, from the moment when the context began to close
 * @param sections the account of each thing that had work, in the order of their stages
 * @since 0.1.0
 */
public record ShutdownReport(Duration took, List<Section> sections) {

	private static final int MAX_FRAMES = 12;

	/**
	 * Creates a report.
	 */
	public ShutdownReport {
		sections = List.copyOf(sections);
	}

	/**
	 * Returns how much work ended by itself.
	 * @return the number of pieces
	 */
	public long completed() {
		return sum(Section::completed);
	}

	/**
	 * Returns how much work ended only when, or because, it was cancelled.
	 * @return the number of pieces
	 */
	public long cancelled() {
		return sum(Section::cancelled);
	}

	/**
	 * Returns how much work had not ended even after it was cancelled.
	 * @return the number of pieces
	 */
	public long abandoned() {
		return sum(Section::abandoned);
	}

	private long sum(ToLongFunction<Section> figure) {
		return this.sections.stream().mapToLong(figure).sum();
	}

	/**
	 * Returns the report as text, of as many lines as it takes.
	 * @return the text
	 */
	public String describe() {
		StringBuilder text = new StringBuilder("Shutdown took %d ms: %d completed, %d cancelled, %d abandoned"
			.formatted(this.took.toMillis(), completed(), cancelled(), abandoned()));
		for (Section section : this.sections) {
			if (section.completed() + section.cancelled() + section.abandoned() > 0) {
				section.describe(text);
			}
		}
		return text.toString();
	}

	/**
	 * The account of one thing that had work.
	 *
	 * @param kind what it is, such as {@code executor}
	 * @param name its name
	 * @param completed how much of its work ended by itself
	 * @param cancelled how much of its work ended only when, or because, it was cancelled
	 * @param abandoned how much of its work had not ended even then
	 * @param cancelledWork what is known of the cancelled work, as it was right before
	 * @param abandonedWork what is known of the abandoned work
	 */
	public record Section(String kind, String name, long completed, long cancelled, long abandoned,
			List<UnfinishedWork> cancelledWork, List<UnfinishedWork> abandonedWork) {

		/**
		 * Creates a section.
		 */
		public Section {
			cancelledWork = List.copyOf(cancelledWork);
			abandonedWork = List.copyOf(abandonedWork);
		}

		private void describe(StringBuilder text) {
			line(text, "  %s '%s': %d completed, %d cancelled, %d abandoned".formatted(this.kind, this.name,
					this.completed, this.cancelled, this.abandoned));
			describe(text, "cancelled", this.cancelled, this.cancelledWork);
			describe(text, "abandoned", this.abandoned, this.abandonedWork);
		}

		private static void describe(StringBuilder text, String fate, long count, List<UnfinishedWork> known) {
			for (UnfinishedWork work : known) {
				Duration age = work.age();
				line(text,
						"    %s: %s%s%s".formatted(fate, work.name(),
								(age != null) ? ", %d ms old".formatted(age.toMillis()) : "",
								(work.thread() != null) ? ", on thread '%s'".formatted(work.thread()) : ", not begun"));
				work.stack().stream().limit(MAX_FRAMES).forEach((frame) -> line(text, "      at " + frame));
			}
			if (count > known.size()) {
				line(text, "    %s: %d more".formatted(fate, count - known.size()));
			}
		}

		private static void line(StringBuilder text, String line) {
			text.append(System.lineSeparator()).append(line);
		}

	}

}
