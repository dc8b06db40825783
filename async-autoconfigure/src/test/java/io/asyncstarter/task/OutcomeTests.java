package io.asyncstarter.task;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Outcome}.
 */
class OutcomeTests {

	private static final Outcome<String> SUCCESS = new Outcome.Success<>("value");

	private static final Outcome<String> FAILURE = Outcome.failed(new IllegalStateException("failed"));

	private static final Outcome<String> CANCELLED = Outcome.failed(new CancellationException("cancelled"));

	@Test
	void ofTellsTheKindsApart() throws Exception {
		assertThat(Outcome.of(() -> "value")).isEqualTo(SUCCESS);
		assertThat(Outcome.of(() -> {
			throw new IOException();
		})).isInstanceOf(Outcome.Failure.class);
		assertThat(Outcome.of(() -> {
			throw new CancellationException();
		})).isInstanceOf(Outcome.Cancelled.class);
	}

	// C23: the interrupt of the caller does not become a value
	@Test
	void ofWhenInterruptedThrows() {
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> Outcome.of(() -> {
			throw new InterruptedException();
		}));
	}

	@Test
	void orElseThrowReturnsOrThrowsWhatTheTaskThrew() {
		assertThat(SUCCESS.orElseThrow()).isEqualTo("value");
		assertThatIllegalStateException().isThrownBy(FAILURE::orElseThrow).withMessage("failed");
		assertThatExceptionOfType(CancellationException.class).isThrownBy(CANCELLED::orElseThrow);
		assertThatExceptionOfType(StackOverflowError.class)
			.isThrownBy(() -> Outcome.failed(new StackOverflowError()).orElseThrow());
	}

	@Test
	void orElseThrowWrapsCheckedExceptions() {
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> Outcome.failed(new IOException("disk")).orElseThrow())
			.withCauseInstanceOf(IOException.class);
	}

	@Test
	void orElseThrowThrowsWhatTheCallerMakes() throws Exception {
		assertThat(SUCCESS.<IOException>orElseThrow(IOException::new)).isEqualTo("value");
		for (Outcome<String> outcome : List.of(FAILURE, CANCELLED)) {
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> outcome.orElseThrow(IOException::new));
		}
	}

	@Test
	void foldMakesOneValueOfAll() {
		List<String> values = List.of(SUCCESS, FAILURE, CANCELLED)
			.stream()
			.map((outcome) -> outcome.<String>fold(String::toUpperCase, (failure) -> "" + failure.getMessage()))
			.toList();

		assertThat(values).containsExactly("VALUE", "failed", "cancelled");
	}

	@Test
	void mapChangesResultsOnly() {
		assertThat(SUCCESS.map(String::length)).isEqualTo(new Outcome.Success<>(5));
		assertThat(FAILURE.map(String::length)).isEqualTo(FAILURE);
		assertThat(CANCELLED.map(String::length)).isEqualTo(CANCELLED);
		assertThat(List.of(SUCCESS, FAILURE, CANCELLED)).extracting(Outcome::isSuccess)
			.containsExactly(true, false, false);
	}

	@Test
	void orElseReturnsTheOtherValueIfThereIsNoResult() {
		assertThat(SUCCESS.orElse("other")).isEqualTo("value");
		assertThat(FAILURE.orElse("other")).isEqualTo("other");
		assertThat(CANCELLED.orElse("other")).isEqualTo("other");
	}

	@Test
	void switchNamesTheKinds() {
		String text = switch (CANCELLED) {
			case Outcome.Success<String>(String value) -> value;
			case Outcome.Failure<String>(Throwable exception) -> "failure";
			case Outcome.Cancelled<String>(CancellationException exception) -> "cancelled";
		};

		assertThat(text).isEqualTo("cancelled");
	}

}
