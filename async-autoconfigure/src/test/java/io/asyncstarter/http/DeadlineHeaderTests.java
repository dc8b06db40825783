package io.asyncstarter.http;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.http.DeadlineHeader.Ignored;
import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link DeadlineHeader}.
 */
@ExtendWith(OutputCaptureExtension.class)
class DeadlineHeaderTests {

	private final ManualDeadlineTimer timer = new ManualDeadlineTimer();

	private final DeadlineHeader header = new DeadlineHeader("X-Time", Duration.ofSeconds(60), this.timer);

	@ParameterizedTest
	@CsvSource({ "1500, 1500", "' 7 ', 7", "0, 0", "60000, 60000", "60001, 60000", "999999999999, 60000", "007, 7" })
	void valueThatMakesSenseIsTheDeadlineUpToTheMaximum(String value, long millis) {
		assertThat(remaining(value)).isEqualTo(Duration.ofMillis(millis));
		assertThat(this.header.getIgnoredCount(Ignored.TOO_LARGE)).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "'', MALFORMED", "abc, MALFORMED", "1.5, MALFORMED", "1e3, MALFORMED", "+5, MALFORMED", "-, MALFORMED",
			"0x10, MALFORMED", "\u0661\u0662, MALFORMED", "-1, NEGATIVE", "-99999999999999999999, NEGATIVE",
			"1000000000000, TOO_LARGE", "99999999999999999999999, TOO_LARGE", "'1,2', MULTIPLE" })
	void valueThatMakesNoSenseIsIgnoredAndCounted(String value, Ignored reason) {
		assertThat(remaining(value)).isNull();
		assertThat(this.header.getIgnoredCount(reason)).isEqualTo(1);
	}

	@Test
	void manyHeadersAreIgnored() {
		assertThat(this.header.read(List.of("100", "200"))).isNull();
		assertThat(this.header.getIgnoredCount(Ignored.MULTIPLE)).isEqualTo(1);
	}

	@Test
	void noHeaderIsNothingToCount() {
		assertThat(this.header.read(List.of())).isNull();
		assertThat(this.header.getIgnoredCount(Ignored.MALFORMED)).isZero();
	}

	@Test
	void warningComesOnceAMinuteAndShowsNothingHarmful(CapturedOutput output) {
		remaining("a\r\nERROR forged " + "x".repeat(100));
		remaining("b");
		assertThat(output).contains("Ignored header X-Time: its value 'a??ERROR forged xxxxx")
			.contains("...' is not a whole number (1 ignored so far)")
			.doesNotContain("'b'");

		this.timer.advance(Duration.ofMinutes(1));
		remaining("c");
		assertThat(output).contains("its value 'c' is not a whole number (3 ignored so far)");
	}

	@Test
	void atLeastAMillisecondIsWritten() {
		assertThat(DeadlineHeader.write(Deadline.after(Duration.ofMillis(1500), this.timer))).isEqualTo("1500");
		assertThat(DeadlineHeader.write(Deadline.after(Duration.ofNanos(1_999_999), this.timer))).isEqualTo("1");
		assertThat(DeadlineHeader.write(Deadline.after(Duration.ofNanos(1), this.timer))).isEqualTo("1");
	}

	@Test
	void maximumMustBePositive() {
		assertThatIllegalArgumentException().isThrownBy(() -> new DeadlineHeader("X-Time", Duration.ZERO))
			.withMessage("'max' must be more than zero but was PT0S");
	}

	private @Nullable Duration remaining(String value) {
		Deadline deadline = this.header.read(List.of(value));
		return (deadline != null) ? deadline.remaining() : null;
	}

}
