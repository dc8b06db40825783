package io.asyncstarter.resource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineThreadLocalAccessor;
import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.testing.ManualDeadlineTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ResourceScope}.
 */
@Timeout(60)
class ResourceScopeTests {

	private final List<String> events = new ArrayList<>();

	@Test
	void callReleasesInReverseOrderAfterSuccess() {
		String result = ResourceScope.<String, RuntimeException>call((scope) -> {
			scope.use(new Resource("a"));
			scope.use("b", (name) -> this.events.add("release " + name));
			scope.defer(() -> this.events.add("deferred"));
			scope.use(new Resource("c"));
			this.events.add("work");
			return "done";
		});

		assertThat(result).isEqualTo("done");
		assertThat(this.events).containsExactly("work", "close c", "deferred", "release b", "close a");
	}

	@Test
	void callReleasesAfterFailureAndThrowsIt() {
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> ResourceScope.<String, IOException>call((scope) -> {
				scope.use(new Resource("a"));
				throw new IOException("work");
			}))
			.withMessage("work")
			.satisfies((ex) -> assertThat(ex.getSuppressed()).isEmpty());

		assertThat(this.events).containsExactly("close a");
	}

	@Test
	void acquireWhenItFailsRegistersNothingAndEarlierOnesAreReleased() {
		// F21
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> ResourceScope.<Exception>run((scope) -> {
			scope.acquire(() -> new Resource("a"), Resource::close);
			scope.<Resource>acquire(() -> {
				throw new IOException("no such file");
			}, Resource::close);
		})).withMessage("no such file");

		assertThat(this.events).containsExactly("close a");
	}

	@Test
	void callWhenReleasesFailTriesAllAndKeepsEachFailure() {
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> ResourceScope.<String, IOException>call((scope) -> {
				scope.use(new Resource("a"));
				scope.defer(() -> {
					throw new IOException("first registered");
				});
				scope.use(new Resource("b"));
				scope.defer(() -> {
					throw new IllegalStateException("last registered");
				});
				throw new IOException("work");
			}))
			.withMessage("work")
			.satisfies((ex) -> assertThat(ex.getSuppressed()).extracting(Throwable::getMessage)
				.containsExactly("last registered", "first registered"));

		assertThat(this.events).containsExactly("close b", "close a");
	}

	@Test
	void callWhenOnlyReleasesFailThrowsTheFirst() {
		assertThatExceptionOfType(ResourceReleaseException.class)
			.isThrownBy(() -> ResourceScope.<String, RuntimeException>call((scope) -> {
				scope.defer(() -> {
					throw new IllegalStateException("second");
				});
				scope.defer(() -> {
					throw new IOException("first");
				});
				return "result";
			}))
			.withMessage("A resource could not be released: java.io.IOException: first")
			.withCauseInstanceOf(IOException.class)
			.satisfies((ex) -> assertThat(ex.getCause().getSuppressed()).singleElement()
				.isInstanceOf(IllegalStateException.class));
	}

	@Test
	void callWhenReleaseFailsUncheckedThrowsItAsItIs() {
		assertThatExceptionOfType(UncheckedIOException.class)
			.isThrownBy(() -> ResourceScope.run((scope) -> scope.defer(() -> {
				throw new UncheckedIOException(new IOException());
			})));
		assertThatExceptionOfType(StackOverflowError.class)
			.isThrownBy(() -> ResourceScope.run((scope) -> scope.defer(() -> {
				throw new StackOverflowError();
			})));
	}

	@Test
	void runWhenExitHandlerSwallowsReturnsNormally() {
		// F23
		AtomicReference<@Nullable Throwable> seenBefore = new AtomicReference<>(new IOException());
		AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();

		ResourceScope.run((scope) -> {
			scope.onExit((failure) -> {
				seenBefore.set(failure);
				return false;
			});
			scope.onExit((failure) -> {
				seen.set(failure);
				return true;
			});
			throw new IllegalStateException("swallow me");
		});

		assertThat(seen.get()).hasMessage("swallow me");
		assertThat(seenBefore.get()).isNull();
	}

	@Test
	void runWhenExitHandlerDoesNotSwallowThrows() {
		// F23
		assertThatIllegalStateException().isThrownBy(() -> ResourceScope.run((scope) -> {
			scope.onExit((failure) -> false);
			throw new IllegalStateException("work");
		})).withMessage("work");
	}

	@Test
	void runWhenExitHandlerFailsAfterASwallowThrowsThat() {
		assertThatExceptionOfType(ResourceReleaseException.class).isThrownBy(() -> ResourceScope.run((scope) -> {
			scope.onExit((failure) -> {
				assertThat(failure).isNull();
				throw new IOException("handler");
			});
			scope.onExit((failure) -> true);
			throw new IllegalStateException("work");
		})).withCauseInstanceOf(IOException.class);
	}

	@Test
	void callWhenFailureIsSwallowedHasNoResult() {
		assertThatIllegalStateException().isThrownBy(() -> ResourceScope.<String, IOException>call((scope) -> {
			scope.onExit((failure) -> true);
			throw new IOException("work");
		}))
			.withMessage("An exit handler has swallowed the failure, so there is no result")
			.withCauseInstanceOf(IOException.class);
	}

	@Test
	void closeWhenThereAreTenThousandCallbacksDoesNotOverflow() {
		// F25
		AtomicInteger released = new AtomicInteger();

		assertThatExceptionOfType(IOException.class).isThrownBy(() -> ResourceScope.<IOException>run((scope) -> {
			for (int i = 0; i < 10_000; i++) {
				scope.defer(released::incrementAndGet);
				scope.onExit((failure) -> false);
			}
			throw new IOException("work");
		}));

		assertThat(released).hasValue(10_000);
	}

	@Test
	void closeWhenCalledTwiceReleasesOnce() {
		// F17
		ResourceScope scope = ResourceScope.open();
		scope.use(new Resource("a"));

		scope.close();
		scope.close();

		assertThat(this.events).containsExactly("close a");
	}

	@Test
	void tryBlockReleasesOnNormalEndBreakAndError() {
		// F15, F19
		AtomicInteger closed = new AtomicInteger();
		List<Integer> seen = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			int way = i;
			try (ResourceScope scope = ResourceScope.open()) {
				Stream<Integer> stream = scope.use(Stream.of(1, 2, 3).onClose(closed::incrementAndGet));
				for (Integer element : (Iterable<Integer>) stream::iterator) {
					seen.add(element);
					if (way == 1) {
						break;
					}
					if (way == 2) {
						throw new IllegalStateException("error");
					}
				}
			}
			catch (IllegalStateException ex) {
				assertThat(ex).hasMessage("error");
			}
		}

		assertThat(closed).hasValue(3);
		assertThat(seen).containsExactly(1, 2, 3, 1, 1);
	}

	@Test
	void transferLetsResourcesOutliveTheScope() {
		ResourceScope kept = ResourceScope.<ResourceScope, RuntimeException>call((scope) -> {
			scope.use(new Resource("a"));
			scope.use(new Resource("b"));
			return scope.transfer();
		});
		assertThat(this.events).isEmpty();

		kept.close();

		assertThat(this.events).containsExactly("close b", "close a");
	}

	@Test
	void useWhenScopeWasClosedReleasesTheResourceAndFails() {
		ResourceScope scope = ResourceScope.open();
		scope.close();

		assertThatIllegalStateException().isThrownBy(() -> scope.use(new Resource("late")))
			.withMessage("The scope has been closed");
		assertThat(this.events).containsExactly("close late");
		assertThatIllegalStateException().isThrownBy(() -> scope.acquire(() -> new Resource("never"), Resource::close));
		assertThatIllegalStateException().isThrownBy(() -> scope.defer(() -> this.events.add("never")));
		assertThatIllegalStateException().isThrownBy(scope::transfer);
		assertThat(this.events).containsExactly("close late");
	}

	@Test
	void releaseWhenDeadlineHasPassedHasTheCleanupTime() {
		ManualDeadlineTimer timer = new ManualDeadlineTimer();
		AtomicReference<@Nullable Duration> left = new AtomicReference<>();

		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> Deadline.after(Duration.ofSeconds(1), timer)
				.<InterruptedException>run("request", () -> ResourceScope.run(Duration.ofSeconds(3), (scope) -> {
					scope.defer(() -> {
						assertThat(Thread.currentThread().isInterrupted()).isFalse();
						left.set(Deadline.current().remaining());
						this.events.add("released");
					});
					timer.advance(Duration.ofSeconds(2));
					new CountDownLatch(1).await();
				})))
			.satisfies((ex) -> assertThat(ex.getScopeName()).isEqualTo("request"));

		assertThat(left.get()).isEqualTo(Duration.ofSeconds(3));
		assertThat(this.events).containsExactly("released");
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(timer.armed()).isZero();
	}

	@Test
	void releaseWhenDeadlinePassesMeanwhileIsNotInterrupted() {
		ManualDeadlineTimer timer = new ManualDeadlineTimer();

		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> Deadline.after(Duration.ofSeconds(1), timer).<InterruptedException>run("request", () -> {
				ResourceScope.run(Duration.ofSeconds(3), (scope) -> scope.defer(() -> {
					timer.advance(Duration.ofSeconds(2));
					assertThat(Thread.currentThread().isInterrupted()).isFalse();
					this.events.add("released");
				}));
				timer.advance(Duration.ZERO);
				this.events.add("interrupted " + Thread.currentThread().isInterrupted());
				new CountDownLatch(1).await();
			}));

		assertThat(this.events).containsExactly("released", "interrupted true");
	}

	@Test
	void releaseWhenItTakesTooLongIsInterruptedAndTheOthersFollow() {
		ManualDeadlineTimer timer = new ManualDeadlineTimer();

		assertThatIllegalStateException().isThrownBy(() -> Deadline.after(Duration.ofSeconds(1), timer)
			.<RuntimeException>run("request", () -> ResourceScope.run(Duration.ofSeconds(3), (scope) -> {
				scope.use(new Resource("a"));
				scope.defer(() -> {
					timer.advance(Duration.ofSeconds(3));
					new CountDownLatch(1).await();
				});
				throw new IllegalStateException("work");
			})))
			.withMessage("work")
			.satisfies((ex) -> assertThat(ex.getSuppressed()[0]).isInstanceOfSatisfying(DeadlineExceededException.class,
					(failure) -> assertThat(failure.getScopeName()).isEqualTo("cleanup")));

		assertThat(this.events).containsExactly("close a");
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void releaseWhenThereIsTimeLeftHasAllOfIt() {
		AtomicReference<@Nullable Duration> left = new AtomicReference<>();

		Deadline.<RuntimeException>within(Duration.ofHours(1),
				() -> ResourceScope.run((scope) -> scope.defer(() -> left.set(Deadline.current().remaining()))));

		assertThat(left.get()).isNotNull().satisfies((time) -> assertThat(time.toMinutes()).isGreaterThan(50));
	}

	@Test
	void releaseWhenThereIsNoDeadlineHasNone() {
		AtomicReference<@Nullable Deadline> seen = new AtomicReference<>();

		ResourceScope.run((scope) -> scope.defer(() -> seen.set(Deadline.current())));

		assertThat(seen.get()).isEqualTo(Deadline.none());
	}

	@Test
	void releaseWhenDeadlineWasCarriedToTheThreadIsShieldedFromItToo() {
		Deadline passed = Deadline.after(Duration.ofSeconds(-1), DeadlineTimer.shared());
		DeadlineThreadLocalAccessor accessor = new DeadlineThreadLocalAccessor();
		accessor.setValue(passed);
		try {
			ResourceScope.run((scope) -> scope.defer(() -> {
				assertThat(Deadline.current().isExpired()).isFalse();
				this.events.add("released");
			}));
			assertThat(Deadline.current().isExpired()).isTrue();
		}
		finally {
			accessor.setValue();
		}

		assertThat(this.events).containsExactly("released");
	}

	@Test
	void interruptThatIsPendingIsKeptForAfterwards() {
		Thread.currentThread().interrupt();

		ResourceScope.run((scope) -> scope.defer(() -> {
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
			this.events.add("released");
		}));

		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.events).containsExactly("released");
	}

	@Test
	void interruptOfAReleaseIsSeenAfterwardsAndSparesTheOthers() {
		Thread owner = Thread.currentThread();

		assertThatExceptionOfType(ResourceReleaseException.class).isThrownBy(() -> ResourceScope.run((scope) -> {
			scope.defer(() -> {
				assertThat(Thread.currentThread().isInterrupted()).isFalse();
				this.events.add("released");
			});
			scope.defer(() -> {
				owner.interrupt();
				new CountDownLatch(1).await();
			});
		})).withCauseInstanceOf(InterruptedException.class);

		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.events).containsExactly("released");
	}

	@Test
	void openWhenCleanupTimeIsWrongNamesIt() {
		assertThatIllegalArgumentException().isThrownBy(() -> ResourceScope.open(Duration.ZERO))
			.withMessage("'cleanupTime' must be more than zero but was PT0S");
	}

	/**
	 * A resource that tells when it is closed.
	 */
	private final class Resource implements AutoCloseable {

		private final String name;

		Resource(String name) {
			this.name = name;
		}

		@Override
		public void close() {
			ResourceScopeTests.this.events.add("close " + this.name);
		}

	}

}
