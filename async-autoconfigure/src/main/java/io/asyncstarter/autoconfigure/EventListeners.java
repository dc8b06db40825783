package io.asyncstarter.autoconfigure;

import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.context.event.GenericApplicationListenerAdapter;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.ResolvableType;

/**
 * Finds out whether anybody listens to a type of events.
 */
final class EventListeners {

	private EventListeners() {
	}

	/**
	 * Returns whether a listener of a context, or of one of its parents, is declared for
	 * events of a type. Listeners of any event whatsoever do not count: Spring and its
	 * friends have some, for purposes of their own.
	 */
	static boolean areThereFor(Class<?> type, ApplicationContext context) {
		@Nullable ApplicationContext next = context;
		while (next != null) {
			if (listeners(next).stream().anyMatch((listener) -> isFor(type, listener))) {
				return true;
			}
			next = next.getParent();
		}
		return false;
	}

	private static Collection<ApplicationListener<?>> listeners(ApplicationContext context) {
		return (context instanceof AbstractApplicationContext known) ? known.getApplicationListeners() : List.of();
	}

	private static boolean isFor(Class<?> type, ApplicationListener<?> listener) {
		GenericApplicationListener generic = (listener instanceof GenericApplicationListener already) ? already
				: new GenericApplicationListenerAdapter(listener);
		return generic.supportsEventType(eventOf(type)) && !generic.supportsEventType(eventOf(Nothing.class));
	}

	private static ResolvableType eventOf(Class<?> payload) {
		return ResolvableType.forClassWithGenerics(PayloadApplicationEvent.class, payload);
	}

	/**
	 * What nobody can listen to in particular.
	 */
	private static final class Nothing {

	}

}
