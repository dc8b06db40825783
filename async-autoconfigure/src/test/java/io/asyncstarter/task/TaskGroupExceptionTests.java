package io.asyncstarter.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;

import io.asyncstarter.deadline.Interruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TaskGroupException} and {@link TaskGroupRemainder}.
 */
class TaskGroupExceptionTests {

	private final IOException first = new IOException("first");

	private final ArithmeticException second = new ArithmeticException("second");

	private final IOException inside = new IOException("inside");

	private final IllegalStateException alsoInside = new IllegalStateException("also inside");

	private final TaskGroupException inner = new TaskGroupException("inner", List.of(this.inside, this.alsoInside));

	private final TaskGroupException outer = new TaskGroupException("outer",
			List.of(this.first, this.second, this.inner));

	@Test
	void failuresOfTypeAreFoundInInnerGroupsToo() {
		assertThat(this.outer.failures()).containsExactly(this.first, this.second, this.inner);
		assertThat(this.outer.failures(IOException.class)).containsExactly(this.first, this.inside);
		assertThat(this.outer.failures(Exception.class)).containsExactly(this.first, this.second, this.inside,
				this.alsoInside);
		assertThat(this.outer.failures(Error.class)).isEmpty();
	}

	@Test
	void handleCallsOnceForAllOfATypeAndKeepsTheNestingOfTheRest() {
		List<List<? extends Throwable>> handled = new ArrayList<>();

		TaskGroupRemainder rest = this.outer.handle(IOException.class, handled::add);

		assertThat(handled).containsExactly(List.of(this.first, this.inside));
		assertThat(rest.isEmpty()).isFalse();
		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(rest::rethrow).satisfies((ex) -> {
			assertThat(ex.getGroupName()).isEqualTo("outer");
			assertThat(ex.failures()).hasSize(2).element(0).isSameAs(this.second);
			assertThat(ex.failures().get(1)).isInstanceOfSatisfying(TaskGroupException.class, (left) -> {
				assertThat(left.getGroupName()).isEqualTo("inner");
				assertThat(left.failures()).containsExactly(this.alsoInside);
			});
		});
	}

	@Test
	void handleHandlesEachFailureOnce() {
		List<Throwable> handled = new ArrayList<>();

		this.outer.handle(IOException.class, handled::addAll)
			.handle(Exception.class, handled::addAll)
			.handle(Throwable.class, handled::addAll)
			.rethrow();

		assertThat(handled).containsExactly(this.first, this.inside, this.second, this.alsoInside);
	}

	@Test
	void handleWhenNothingMatchesCallsNothingAndRethrowsTheSame() {
		assertThatExceptionOfType(TaskGroupException.class)
			.isThrownBy(() -> this.outer.handle(Error.class, (errors) -> {
				throw new AssertionError(errors);
			}).rethrow())
			.isSameAs(this.outer);
	}

	@Test
	void whatAHandlerThrowsIsOneMoreFailureThatNoFurtherHandlerSees() {
		IllegalStateException raised = new IllegalStateException("raised");
		Consumer<List<IOException>> handler = (failures) -> {
			throw raised;
		};
		List<Throwable> handled = new ArrayList<>();

		TaskGroupRemainder rest = this.outer.handle(IOException.class, handler)
			.handle(RuntimeException.class, handled::addAll);

		assertThat(handled).containsExactly(this.second, this.alsoInside);
		assertThat(rest.failures()).containsExactly(raised);
		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(rest::rethrow).havingCause().isSameAs(raised);
	}

	@Test
	void handleOfTheAggregateItselfIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.outer.handle(TaskGroupException.class, (failures) -> {
			}))
			.withMessage("'type' must be that of a failure but was io.asyncstarter.task.TaskGroupException, "
					+ "which only holds failures");
	}

	@Test
	void messageNamesTheFirstFailures() {
		List<Throwable> many = new ArrayList<>();
		for (int i = 0; i < 7; i++) {
			many.add(new UncheckedIOException("failure " + i, this.first));
		}

		assertThat(new TaskGroupException("test", many)).hasMessageStartingWith("Group 'test' had 7 failures: ")
			.hasMessageContaining("failure 4; and 2 more");
		assertThatIllegalArgumentException().isThrownBy(() -> new TaskGroupException("test", List.of()));
	}

	@Test
	void interruptionOfATaskIsNoneOfTheThreadThatIsTold() {
		TaskGroupException ex = new TaskGroupException("test", List.of(new InterruptedException()));

		assertThat(Interruption.in(ex)).isEqualTo(Interruption.ABSENT);
		assertThat(Interruption.in(new IllegalStateException(ex))).isEqualTo(Interruption.ABSENT);
	}

}
