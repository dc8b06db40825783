package io.asyncstarter.policy;

/**
 * Is told what happens in a policy. It is called on the thread on which it happens, which
 * may be an event loop's, so it must be short and must not block. What it throws is
 * logged and changes nothing.
 * <p>
 * Implementations are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PolicyListener {

	/**
	 * Called when something has happened.
	 * @param event what
	 */
	void onEvent(PolicyEvent event);

	/**
	 * Returns whether this listener wants to be told of a kind of event; asked once, when
	 * it is added. Events that nobody wants cost next to nothing.
	 * @param kind the kind
	 * @return whether it does; by default of all but {@link PolicyEventKind#SUCCEEDED}
	 */
	default boolean isInterestedIn(PolicyEventKind kind) {
		return kind != PolicyEventKind.SUCCEEDED;
	}

}
