package io.asyncstarter.deadline;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Interruption}: what counts as the interrupt of a scope, and what does
 * not.
 */
@ExtendWith(Interruptions.class)
@Timeout(30)
class InterruptionTests {

	@Test
	void interruptedExceptionIsDelivered() {
		assertThat(Interruption.in(new InterruptedException())).isEqualTo(Interruption.DELIVERED);
	}

	@ParameterizedTest
	@MethodSource
	void translatedInterruptCounts(Throwable failure) {
		assertThat(Interruption.in(failure)).isEqualTo(Interruption.TRANSLATED);
	}

	static Stream<Throwable> translatedInterruptCounts() {
		return Stream.of(new IllegalStateException(new InterruptedException()),
				new IOException(new RuntimeException(new InterruptedException())), new ClosedByInterruptException(),
				new UncheckedIOException(new ClosedByInterruptException()), new FileLockInterruptionException(),
				new InterruptedIOException("interrupted"), new SocketException("Closed by interrupt"),
				withCause(new CancellationException(), new InterruptedException()));
	}

	@ParameterizedTest
	@MethodSource
	void otherFailureDoesNotCount(@Nullable Throwable failure) {
		assertThat(Interruption.in(failure)).isEqualTo(Interruption.ABSENT);
	}

	static Stream<@Nullable Throwable> otherFailureDoesNotCount() {
		return Stream.of(null, new IllegalStateException("broken"), new CancellationException(),
				new SocketTimeoutException("Read timed out"), new SocketException("Connection reset"),
				new ExecutionException(new InterruptedException()), new CompletionException(new InterruptedException()),
				new DeadlineExceededException("inner", Duration.ZERO, Duration.ZERO, new InterruptedException()),
				new RuntimeException(new ExecutionException(new InterruptedException())), looping());
	}

	@Test
	void interruptedChannelRaisesTimeout() throws Exception {
		Pipe pipe = Pipe.open();

		assertRaisesTimeout(() -> pipe.source().read(ByteBuffer.allocate(1)));
	}

	@Test
	void interruptedMonoRaisesTimeout() {
		assertRaisesTimeout(() -> Mono.never().block());
	}

	@Test
	void interruptedSocketOfVirtualThreadRaisesTimeout() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
			FutureTask<Boolean> task = new FutureTask<>(() -> {
				assertRaisesTimeout(() -> socket.getInputStream().read());
				return Thread.currentThread().isInterrupted();
			});
			Thread.ofVirtual().start(task);

			assertThat(task.get(10, TimeUnit.SECONDS)).isFalse();
		}
	}

	private static void assertRaisesTimeout(DeadlineRunnable<Exception> work) {
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> Deadline.within(Duration.ofMillis(10), work));
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	private static Throwable withCause(Throwable failure, Throwable cause) {
		return failure.initCause(cause);
	}

	private static Throwable looping() {
		RuntimeException first = new RuntimeException("first");
		RuntimeException second = new RuntimeException("second", first);
		first.initCause(second);
		return first;
	}

}
