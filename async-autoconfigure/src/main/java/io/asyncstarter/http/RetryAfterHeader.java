package io.asyncstarter.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * Reads and writes {@code Retry-After} (RFC 9110, section 10.2.3).
 */
final class RetryAfterHeader {

	/**
	 * More digits than that are years.
	 */
	private static final int MOST_DIGITS = 9;

	private RetryAfterHeader() {
	}

	/**
	 * Returns how long the server asked to wait.
	 * @param headers the headers of its answer. A date is held against that of the answer
	 * if it has one, since the server's clock may not be ours
	 * @param clock our clock
	 * @return the time, or {@code null} if the server did not say, or nothing that could
	 * be understood
	 */
	static @Nullable Duration read(HttpHeaders headers, InstantSource clock) {
		String value = headers.getFirst(HttpHeaders.RETRY_AFTER);
		if (value == null) {
			return null;
		}
		String trimmed = value.trim();
		if (!trimmed.isEmpty() && trimmed.chars().allMatch((digit) -> digit >= '0' && digit <= '9')) {
			return Duration.ofSeconds((trimmed.length() <= MOST_DIGITS) ? Long.parseLong(trimmed) : Integer.MAX_VALUE);
		}
		Instant until = date(headers, HttpHeaders.RETRY_AFTER);
		if (until == null) {
			return null;
		}
		Instant answered = date(headers, HttpHeaders.DATE);
		Duration wait = Duration.between((answered != null) ? answered : clock.instant(), until);
		return (wait.isNegative()) ? Duration.ZERO : wait;
	}

	private static @Nullable Instant date(HttpHeaders headers, String name) {
		try {
			ZonedDateTime date = headers.getFirstZonedDateTime(name);
			return (date != null) ? date.toInstant() : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * Returns the value of the header for a wait: whole seconds, rounded up, at least
	 * one.
	 */
	static String write(Duration wait) {
		return Long.toString(Math.max(1, wait.plusNanos(999_999_999).toSeconds()));
	}

}
