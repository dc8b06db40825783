package io.asyncstarter.task;

import java.util.List;
import java.util.stream.Stream;

/**
 * What goes on in groups and in the background, as it was when the tree was looked at.
 * Nothing stands still for that: nodes may be from moments that differ slightly.
 *
 * @param roots the groups that were opened outside of any other, and the background tasks
 * @param omitted how many more of those there are, which are not listed
 * @since 0.1.0
 */
public record TaskTree(List<TaskNode> roots, int omitted) {

	/**
	 * Creates a tree.
	 */
	public TaskTree {
		roots = List.copyOf(roots);
	}

	/**
	 * Returns all that is listed, each after what it is in.
	 * @return the nodes
	 */
	public Stream<TaskNode> nodes() {
		return this.roots.stream().flatMap(TaskTree::nodes);
	}

	private static Stream<TaskNode> nodes(TaskNode node) {
		return Stream.concat(Stream.of(node), node.children().stream().flatMap(TaskTree::nodes));
	}

	/**
	 * Returns the tree as text, one line a node, indented by its depth.
	 * @return the text
	 */
	public String format() {
		StringBuilder text = new StringBuilder();
		this.roots.forEach((root) -> append(text, root, 0));
		appendOmitted(text, this.omitted, 0);
		return text.toString();
	}

	private static void append(StringBuilder text, TaskNode node, int depth) {
		indent(text, depth);
		text.append("%s '%s' %s, %d ms old".formatted(node.kind(), node.name(), node.state(), node.age().toMillis()));
		if (node.deadlineLeft() != null) {
			text.append(", %d ms left".formatted(node.deadlineLeft().toMillis()));
		}
		if (node.thread() != null) {
			text.append(", on ").append(node.threadName());
		}
		if (node.stopReason() != null) {
			text.append(": ").append(node.stopReason());
		}
		text.append('\n');
		node.children().forEach((child) -> append(text, child, depth + 1));
		appendOmitted(text, node.omitted(), depth + 1);
	}

	private static void appendOmitted(StringBuilder text, int omitted, int depth) {
		if (omitted > 0) {
			indent(text, depth);
			text.append("and %d more\n".formatted(omitted));
		}
	}

	private static void indent(StringBuilder text, int depth) {
		text.repeat("  ", depth);
	}

}
