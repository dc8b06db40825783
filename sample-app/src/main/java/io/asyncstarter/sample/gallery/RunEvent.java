package io.asyncstarter.sample.gallery;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a run. In JSON the property {@code kind} tells which.
 *
 * @since 0.1.0
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({ @JsonSubTypes.Type(value = RunEvent.LaneChange.class, name = "lane"),
		@JsonSubTypes.Type(value = RunEvent.Due.class, name = "due"),
		@JsonSubTypes.Type(value = RunEvent.Mark.class, name = "mark"),
		@JsonSubTypes.Type(value = RunEvent.Gauge.class, name = "gauge"),
		@JsonSubTypes.Type(value = RunEvent.Band.class, name = "band"),
		@JsonSubTypes.Type(value = RunEvent.Item.class, name = "item"),
		@JsonSubTypes.Type(value = RunEvent.Note.class, name = "note"),
		@JsonSubTypes.Type(value = RunEvent.End.class, name = "end") })
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface RunEvent {

	/**
	 * The place of the event in the run.
	 * @return 0 for the first one, and no gaps
	 */
	long seq();

	/**
	 * The time of the event.
	 * @return microseconds since the run began; never less than that of the event before
	 */
	long at();

	/**
	 * A task entered a state. It is in it until its next change.
	 *
	 * @param seq the place of the event in the run
	 * @param at microseconds since the run began
	 * @param lane the number of the task's lane, from 0
	 * @param name the name of the task
	 * @param group the lanes it is drawn with; empty if there is one group only
	 * @param state the state entered
	 * @param thread the thread that brought it there
	 * @param detail why, or which attempt; {@code null} if there is nothing to say
	 * @param outcome how the piece of work came out that ends here, if the task goes on;
	 * {@code null} otherwise
	 * @since 0.1.0
	 */
	record LaneChange(long seq, long at, int lane, String name, String group, TaskState state, String thread,
			@Nullable String detail, @Nullable TaskState outcome) implements RunEvent {

	}

	/**
	 * A task was given until a point in time.
	 *
	 * @param seq the place of the event in the run
	 * @param at microseconds since the run began
	 * @param lane the lane of the task
	 * @param due when it has to be done, in microseconds since the run began
	 * @since 0.1.0
	 */
	record Due(long seq, long at, int lane, long due) implements RunEvent {

	}

	/**
	 * Something happened at a point in time.
	 *
	 * @param seq the place of the event in the run
	 * @param at microseconds since the run began
	 * @param name what happened
	 * @param lane the lane that it happened in, or {@code null} if it concerns all
	 * @since 0.1.0
	 */
	record Mark(long seq, long at, String name, @Nullable Integer lane) implements RunEvent {

	}

	/**
	 * A number changed.
	 *
	 * @param seq the place of the event in the run
	 * @param at microseconds since the run began
	 * @param chart the chart that it is drawn in, along with others
	 * @param name what is measured
	 * @param shape how it is drawn
	 * @param value the new value
	 * @param limit what it may not exceed, or {@code null} if there is no such limit
	 * @since 0.1.0
	 */
	record Gauge(long seq, long at, String chart, String name, Shape shape, double value,
			@Nullable Double limit) implements RunEvent {

	}

	/**
	 * Something with states of its own, such as a circuit breaker, entered one.
	 *
	 * @param seq the place of the event in the run
	 * @param at microseconds since the run began
	 * @param name whose state it is
	 * @param state the state entered
	 * @param tone {@code good}, {@code warn}, {@code bad} or {@code neutral}
	 * @since 0.1.0
	 */
	record Band(long seq, long at, String name, String state, String tone) implements RunEvent {

	}

	/**
	 * A result came out while the run went on.
	 *
	 * @param seq the place of the event in the run
	 * @param at microseconds since the run began
	 * @param text the result
	 * @since 0.1.0
	 */
	record Item(long seq, long at, String text) implements RunEvent {

	}

	/**
	 * A sentence for the reader: what comes next, or what was just seen.
	 *
	 * @param seq the place of the event in the run
	 * @param at microseconds since the run began
	 * @param text the sentence
	 * @since 0.1.0
	 */
	record Note(long seq, long at, String text) implements RunEvent {

	}

	/**
	 * The run ended; no event follows.
	 *
	 * @param seq the place of the event in the run
	 * @param at microseconds since the run began
	 * @param state how it ended
	 * @param unrecorded how many events were left out because the run had too many
	 * @since 0.1.0
	 */
	record End(long seq, long at, RunState state, long unrecorded) implements RunEvent {

	}

}
