package io.asyncstarter.monitor;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads stacks: whose code is on them, and how to show them.
 */
final class Stacks {

	private static final int MAX_USER_FRAMES = 6;

	private static final int MAX_TOP_FRAMES = 6;

	private static final Pattern LIBRARY = Pattern
		.compile("(java|javax|jdk|sun|com\\.sun|jakarta|kotlin|kotlinx|scala|groovy|io\\.netty|reactor"
				+ "|org\\.reactivestreams|org\\.springframework|org\\.apache|org\\.eclipse|org\\.slf4j|ch\\.qos"
				+ "|org\\.hibernate|com\\.zaxxer|io\\.micrometer|io\\.opentelemetry|io\\.github\\.resilience4j"
				+ "|com\\.fasterxml|tools\\.jackson|com\\.github\\.benmanes|org\\.junit"
				+ "|io\\.asyncstarter\\.(context|deadline|executor|policy|task|queue|resource|http|sync|monitor"
				+ "|lifecycle|review|actuate|autoconfigure))\\..*");

	private static final Set<String> SELECTORS = Set.of("io.netty.channel.epoll.Native",
			"io.netty.channel.kqueue.Native", "io.netty.channel.uring.Native", "sun.nio.ch.EPoll", "sun.nio.ch.KQueue",
			"sun.nio.ch.WEPoll", "sun.nio.ch.PollSelectorImpl", "sun.nio.ch.WindowsSelectorImpl$SubSelector");

	private static final Pattern SELECTING = Pattern.compile("(io\\.netty|sun\\.nio\\.ch|java)\\..*");

	private Stacks() {
	}

	/**
	 * Returns whether a stack is that of an event loop with nothing to do: it waits for
	 * an event, and nobody but the loop itself has called that.
	 */
	static boolean isWaitingForEvents(StackTraceElement[] stack) {
		if (stack.length == 0 || !SELECTORS.contains(stack[0].getClassName())) {
			return false;
		}
		for (StackTraceElement frame : stack) {
			if (!SELECTING.matcher(frame.getClassName()).matches()) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Returns the innermost line of the user's own code, or the innermost line at all if
	 * there is none, or an empty text if there is no stack.
	 */
	static String cause(List<StackTraceElement> stack) {
		List<StackTraceElement> own = own(stack);
		if (!own.isEmpty()) {
			return own.get(0).toString();
		}
		return (!stack.isEmpty()) ? stack.get(0).toString() : "";
	}

	private static List<StackTraceElement> own(List<StackTraceElement> stack) {
		return stack.stream().filter((frame) -> !LIBRARY.matcher(frame.getClassName()).matches()).toList();
	}

	/**
	 * Describes a stack in some lines: the user's own first, then the innermost ones.
	 */
	static String describe(List<StackTraceElement> stack) {
		List<String> lines = new ArrayList<>();
		List<StackTraceElement> own = own(stack);
		own.stream().limit(MAX_USER_FRAMES).forEach((frame) -> lines.add("\tat " + frame));
		if (!own.isEmpty()) {
			lines.add("\tinnermost frames:");
		}
		stack.stream().limit(MAX_TOP_FRAMES).forEach((frame) -> lines.add("\tat " + frame));
		if (stack.size() > MAX_TOP_FRAMES) {
			lines.add("\t... %d more".formatted(stack.size() - MAX_TOP_FRAMES));
		}
		return String.join(System.lineSeparator(), lines);
	}

}
