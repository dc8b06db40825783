package io.asyncstarter.sample.readme;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.asyncstarter.autoconfigure.AsyncExecutorAutoConfiguration;
import io.asyncstarter.autoconfigure.AsyncPolicyAutoConfiguration;
import io.asyncstarter.autoconfigure.AsyncTaskAutoConfiguration;
import io.asyncstarter.task.Outcome;
import io.asyncstarter.task.TaskGroupException;
import io.asyncstarter.task.Tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the README and the page on tasks show of groups and verbs does what they say.
 * {@link DocumentationTests} checks that it is what they show.
 */
@Timeout(30)
class GroupsTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AsyncExecutorAutoConfiguration.class,
				AsyncPolicyAutoConfiguration.class, AsyncTaskAutoConfiguration.class));

	@Test
	void groupWaitsForBothResults() {
		withGroups((groups) -> assertThat(groups.dashboard((id) -> "user " + id, (id) -> "a book", 7))
			.isEqualTo("user 7 ordered a book"));
	}

	@Test
	void groupThrowsWhatFails() {
		withGroups((groups) -> assertThatExceptionOfType(TaskGroupException.class)
			.isThrownBy(() -> groups.dashboard((id) -> "user " + id, (id) -> {
				throw new IOException("expected");
			}, 7))
			.withCauseExactlyInstanceOf(IOException.class));
	}

	@Test
	void failuresAreHandledByTypeAndTheRestIsThrown() {
		withGroups((groups) -> {
			assertThat(groups.load(List.of("a"))).containsExactly("a");
			assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> groups.load(List.of("broken")))
				.satisfies(
						(ex) -> assertThat(ex.failures()).extracting(Throwable::getMessage).containsExactly("broken"));
		});
	}

	@Test
	void verbsReturnWhatThePageSays() {
		withGroups((groups) -> {
			Iterable<String> endless = () -> Stream.iterate(0, (number) -> number + 1)
				.map((number) -> "image " + number)
				.iterator();
			Groups.Seen seen = groups.verbs((id) -> "user " + id, (id) -> "a book", endless, 7);

			assertThat(seen.both()).containsExactly("user 7", "a book");
			assertThat(seen.checks()).extracting(Outcome::isSuccess).containsExactly(true, false);
			assertThat(seen.stored()).hasSize(100)
				.allSatisfy((thumbnail) -> assertThat(thumbnail.thread()).startsWith("cpu-"));
		});
	}

	@Test
	void bridgesLeadToTheExecutorAndBack() {
		withGroups((groups) -> assertThat(groups.bridges((id) -> "order " + id, 7))
			.startsWith("report of order 7 on io-"));
	}

	private void withGroups(ThrowingConsumer test) {
		this.contextRunner.run((context) -> test.accept(new Groups(context.getBean(Tasks.class))));
	}

	/**
	 * A test of the groups.
	 */
	private interface ThrowingConsumer {

		void accept(Groups groups) throws Exception;

	}

}
