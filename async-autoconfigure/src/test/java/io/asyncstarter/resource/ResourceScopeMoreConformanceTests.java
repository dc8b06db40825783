package io.asyncstarter.resource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What the tests of CPython's exit stacks say and no other test here does. Names in
 * comments are those of the tests.
 */
class ResourceScopeMoreConformanceTests {

	private final List<String> events = new ArrayList<>();

	@Test // no_resources
	void scopeWithoutResourcesChangesNothing() {
		assertThat(ResourceScope.<String, RuntimeException>call((scope) -> "result")).isEqualTo("result");
		ResourceScope.run((scope) -> {
		});
		ResourceScope.open().close();
	}

	@Test // callback, push
	void everyKindOfRegistrationIsInOneOrder() {
		ResourceScope.run((scope) -> {
			for (int i = 1; i <= 2; i++) {
				int round = i;
				scope.defer(() -> this.events.add("defer " + round));
				scope.onExit((failure) -> {
					this.events.add("exit " + round);
					return false;
				});
				scope.use("use " + round, this.events::add);
			}
		});

		assertThat(this.events).containsExactly("use 2", "exit 2", "defer 2", "use 1", "exit 1", "defer 1");
	}

	@Test // exit_exception_chaining_suppress
	void failureOfAHandlerIsSwallowedByOneThatWasRegisteredEarlier() {
		ResourceScope.run((scope) -> {
			scope.onExit((failure) -> {
				assertThat(failure).hasMessage("first").hasSuppressedException(new IllegalStateException("second"));
				return true;
			});
			scope.onExit((failure) -> {
				throw new IllegalStateException("second");
			});
			scope.onExit((failure) -> {
				throw new IllegalStateException("first");
			});
		});
	}

	@Test // exit_exception_chaining
	void failuresOfAllHandlersAreReachableFromThatOfTheBody() {
		IOException body = new IOException("body");

		assertThatExceptionOfType(IOException.class).isThrownBy(() -> ResourceScope.<IOException>run((scope) -> {
			for (int i = 3; i >= 1; i--) {
				int number = i;
				scope.defer(() -> {
					throw new IllegalStateException("handler " + number);
				});
			}
			throw body;
		}))
			.isSameAs(body)
			.satisfies((ex) -> assertThat(ex.getSuppressed()).extracting(Throwable::getMessage)
				.containsExactly("handler 1", "handler 2", "handler 3"));
	}

	@Test // body_exception_suppress, then a later failure of an earlier resource
	void failureAfterASwallowIsTheOneThatIsThrown() {
		assertThatIllegalStateException().isThrownBy(() -> ResourceScope.run((scope) -> {
			scope.defer(() -> {
				throw new IllegalStateException("earlier resource");
			});
			scope.onExit((failure) -> true);
			throw new IllegalArgumentException("body");
		})).withMessage("earlier resource").satisfies((ex) -> assertThat(ex.getSuppressed()).isEmpty());
	}

	@Test // exit_exception_non_suppressing
	void handlerThatThrowsWhatItWasGivenChangesNothing() {
		IllegalStateException body = new IllegalStateException("body");

		assertThatIllegalStateException().isThrownBy(() -> ResourceScope.run((scope) -> {
			scope.onExit((failure) -> {
				throw body;
			});
			throw body;
		})).isSameAs(body).satisfies((ex) -> assertThat(ex.getSuppressed()).isEmpty());
	}

	@Test // pop_all
	void resourcesThatWereTransferredAreReleasedByTheirHeirOnly() {
		ResourceScope scope = ResourceScope.open();
		scope.defer(() -> this.events.add("first"));
		ResourceScope heir = scope.transfer();
		scope.defer(() -> this.events.add("second"));

		scope.close();
		assertThat(this.events).containsExactly("second");
		heir.close();
		heir.close();

		assertThat(this.events).containsExactly("second", "first");
		assertThatIllegalStateException().isThrownBy(scope::transfer);
	}

	@Test // close while the exit is under way
	void resourceThatIsRegisteredDuringTheExitIsReleasedAtOnceAndRefused() {
		assertThatIllegalStateException().isThrownBy(() -> ResourceScope.run((scope) -> {
			scope.defer(() -> this.events.add("registered before"));
			scope.defer(() -> scope.use("late", this.events::add));
		})).withMessage("The scope has been closed");

		assertThat(this.events).containsExactly("late", "registered before");
	}

}
