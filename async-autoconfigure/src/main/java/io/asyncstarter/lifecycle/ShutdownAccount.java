package io.asyncstarter.lifecycle;

import java.util.List;

/**
 * How far something with work has come to its end.
 *
 * @param kind what it is, in one word, such as {@code executor}
 * @param name its name
 * @param ended how much work has ended, in whatever way, since the context began to close
 * @param unfinished how much work has not ended
 * @param details what is known of the unfinished work, in parts at least
 * @param dropped what is known of the work that was cancelled before it had begun, in
 * parts at least
 * @since 0.1.0
 */
public record ShutdownAccount(String kind, String name, long ended, long unfinished, List<UnfinishedWork> details,
		List<UnfinishedWork> dropped) {

	/**
	 * Creates an account.
	 */
	public ShutdownAccount {
		details = List.copyOf(details);
		dropped = List.copyOf(dropped);
	}

}
