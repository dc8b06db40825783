package io.asyncstarter.http;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * The header by which a service tells another how many milliseconds it has. What comes in
 * is a stranger's word: it can shorten the time of a request but not make it longer than
 * a maximum, and what makes no sense is ignored, counted and logged, once a minute at
 * most. Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class DeadlineHeader {

	/**
	 * The usual name of the header.
	 */
	public static final String DEFAULT_NAME = "X-Request-Timeout-Ms";

	private static final Log logger = LogFactory.getLog(DeadlineHeader.class);

	/**
	 * More digits than these make more than thirty years: nobody means that.
	 */
	private static final int MOST_DIGITS = 12;

	private static final int MOST_SHOWN = 40;

	private static final long NANOS_BETWEEN_WARNINGS = Duration.ofMinutes(1).toNanos();

	private final String name;

	private final Duration max;

	private final DeadlineTimer timer;

	private final Map<Ignored, LongAdder> ignored = new EnumMap<>(Ignored.class);

	private final AtomicLong nextWarning;

	/**
	 * Creates a header.
	 * @param name its name
	 * @param max the longest time that is granted to a request that has it
	 */
	public DeadlineHeader(String name, Duration max) {
		this(name, max, DeadlineTimer.shared());
	}

	/**
	 * Creates a header with its own source of time.
	 * @param name its name
	 * @param max the longest time that is granted to a request that has it
	 * @param timer the source of time
	 */
	public DeadlineHeader(String name, Duration max, DeadlineTimer timer) {
		Assert.hasText(name, "'name' must not be empty");
		Assert.isTrue(max.isPositive(), () -> "'max' must be more than zero but was %s".formatted(max));
		Assert.notNull(timer, "'timer' must not be null");
		this.name = name;
		this.max = max;
		this.timer = timer;
		this.nextWarning = new AtomicLong(timer.nanoTime());
		Arrays.stream(Ignored.values()).forEach((reason) -> this.ignored.put(reason, new LongAdder()));
	}

	/**
	 * Returns the name of the header.
	 * @return the name
	 */
	public String getName() {
		return this.name;
	}

	/**
	 * Returns how often the header was ignored.
	 * @param reason the reason
	 * @return the number of requests
	 */
	public long getIgnoredCount(Ignored reason) {
		LongAdder count = this.ignored.get(reason);
		return (count != null) ? count.sum() : 0;
	}

	DeadlineTimer timer() {
		return this.timer;
	}

	/**
	 * Returns the deadline of a request that has just come in.
	 * @param values the values of the header
	 * @return the deadline, or {@code null} if there is none or none that makes sense
	 */
	@Nullable Deadline read(List<String> values) {
		if (values.isEmpty()) {
			return null;
		}
		String value = values.getFirst().trim();
		Ignored reason = (values.size() > 1 || value.indexOf(',') >= 0) ? Ignored.MULTIPLE : check(value);
		if (reason != null) {
			ignore(reason, value);
			return null;
		}
		long millis = Math.min(Long.parseLong(value), this.max.toMillis());
		return Deadline.after(Duration.ofMillis(millis), this.timer);
	}

	private static @Nullable Ignored check(String value) {
		boolean negative = value.startsWith("-");
		String digits = (negative) ? value.substring(1) : value;
		if (digits.isEmpty() || !digits.chars().allMatch((digit) -> digit >= '0' && digit <= '9')) {
			return Ignored.MALFORMED;
		}
		if (negative) {
			return Ignored.NEGATIVE;
		}
		return (digits.length() > MOST_DIGITS) ? Ignored.TOO_LARGE : null;
	}

	private void ignore(Ignored reason, String value) {
		LongAdder count = this.ignored.get(reason);
		if (count != null) {
			count.increment();
		}
		long due = this.nextWarning.get();
		long now = this.timer.nanoTime();
		if (now - due >= 0 && this.nextWarning.compareAndSet(due, now + NANOS_BETWEEN_WARNINGS)) {
			logger.warn("Ignored header %s: its value '%s' is %s (%d ignored so far)".formatted(this.name, shown(value),
					reason.description, this.ignored.values().stream().mapToLong(LongAdder::sum).sum()));
		}
	}

	/**
	 * Returns the part of a stranger's text that does not harm a log.
	 */
	private static String shown(String value) {
		String printable = value.replaceAll("[^\\x20-\\x7e]", "?");
		return (printable.length() <= MOST_SHOWN) ? printable : printable.substring(0, MOST_SHOWN) + "...";
	}

	/**
	 * Returns what to tell a server that is asked now.
	 * @param deadline the deadline, neither unbounded nor past
	 * @return whole milliseconds, at least one
	 */
	static String write(Deadline deadline) {
		return Long.toString(Math.max(1, deadline.remaining().toMillis()));
	}

	/**
	 * Returns the failure of a request that is not made since no time is left for it.
	 */
	static DeadlineExceededException exceeded(URI uri) {
		return new DeadlineExceededException("request to %s".formatted(uri.getHost()), Duration.ZERO, Duration.ZERO,
				null);
	}

	/**
	 * Why a header was ignored.
	 */
	public enum Ignored {

		/**
		 * It is not a whole number.
		 */
		MALFORMED("not a whole number"),

		/**
		 * It is less than zero.
		 */
		NEGATIVE("negative"),

		/**
		 * There is more than one.
		 */
		MULTIPLE("one of several"),

		/**
		 * It is more than anybody can mean.
		 */
		TOO_LARGE("too large");

		private final String description;

		Ignored(String description) {
			this.description = description;
		}

	}

}
