package io.asyncstarter.deadline;

import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;

/**
 * How an interrupt of a thread shows in what its work threw.
 *
 * @since 0.1.0
 */
public enum Interruption {

	/**
	 * It does not: the work returned, or failed for a reason of its own.
	 */
	ABSENT,

	/**
	 * As an {@link InterruptedException}. Whoever throws it has cleared the interrupt
	 * flag, so a flag that is set nevertheless speaks of a second interrupt.
	 */
	DELIVERED,

	/**
	 * As another exception that stands for an interrupt or was caused by one. The
	 * interrupt flag usually is set, again or still, and speaks of the same interrupt.
	 */
	TRANSLATED;

	/*
	 * Chains of causes are short. The limit is for those that loop.
	 */
	private static final int DEEPEST_CAUSE = 32;

	/*
	 * The only trace of an interrupt in what a virtual thread's blocking socket throws:
	 * sun.nio.ch.NioSocketImpl has neither a type nor a cause for it.
	 */
	private static final String SOCKET_CLOSED_BY_INTERRUPT = "Closed by interrupt";

	/**
	 * Looks for an interrupt in what work threw.
	 * @param failure what was thrown, or {@code null} if nothing was
	 * @return how the interrupt shows. Causes are followed, but not those of exceptions
	 * that report on another task or scope
	 */
	public static Interruption in(@Nullable Throwable failure) {
		if (failure instanceof InterruptedException) {
			return DELIVERED;
		}
		Throwable candidate = failure;
		for (int depth = 0; candidate != null && depth < DEEPEST_CAUSE; depth++) {
			if (isInterrupt(candidate)) {
				return TRANSLATED;
			}
			if (isOtherMatter(candidate)) {
				return ABSENT;
			}
			candidate = candidate.getCause();
		}
		return ABSENT;
	}

	private static boolean isInterrupt(Throwable candidate) {
		if (candidate instanceof SocketException) {
			return SOCKET_CLOSED_BY_INTERRUPT.equals(candidate.getMessage());
		}
		return candidate instanceof InterruptedException || candidate instanceof ClosedByInterruptException
				|| candidate instanceof FileLockInterruptionException
				|| (candidate instanceof InterruptedIOException && !(candidate instanceof SocketTimeoutException));
	}

	/**
	 * Returns whether an exception reports what happened elsewhere: to a task that may
	 * have run on another thread, or to a scope that has answered for its interrupt.
	 * @param candidate the exception
	 * @return {@code true} if its cause says nothing about this thread
	 */
	private static boolean isOtherMatter(Throwable candidate) {
		return candidate instanceof ExecutionException || candidate instanceof CompletionException
				|| candidate instanceof CausedElsewhere;
	}

}
