package io.asyncstarter.actuate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;

import io.asyncstarter.actuate.Changes.Change;
import io.asyncstarter.queue.QueueConsumers;
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.queue.WorkQueues;

/**
 * Shows the work queues, pauses them, and changes their capacity and the number of their
 * consumers.
 *
 * @since 0.1.0
 */
@RegisterReflectionForBinding(QueueDescriptor.class)
public final class QueueKind implements AsyncEndpointKind<QueueDescriptor> {

	private final WorkQueues queues;

	/**
	 * Creates the kind.
	 * @param queues the queues to show
	 */
	public QueueKind(WorkQueues queues) {
		this.queues = queues;
	}

	@Override
	public String getName() {
		return "queues";
	}

	@Override
	public String getNoun() {
		return "queue";
	}

	@Override
	public SortedMap<String, QueueDescriptor> all() {
		SortedMap<String, QueueDescriptor> descriptors = new TreeMap<>();
		for (WorkQueue<?> queue : this.queues.all()) {
			descriptors.put(queue.getName(), QueueDescriptor.of(queue.getStats()));
		}
		return descriptors;
	}

	@Override
	public Optional<QueueDescriptor> find(String name) {
		return this.queues.find(name).map((queue) -> QueueDescriptor.of(queue.getStats()));
	}

	/**
	 * Changes {@code paused} to {@code true} or {@code false}, {@code capacity}, and of a
	 * queue with one listener {@code consumers}.
	 */
	@Override
	public QueueDescriptor change(String name, Map<String, @Nullable Object> values) {
		WorkQueue<?> queue = this.queues.get(name);
		Changes changes = new Changes("Queue '%s'".formatted(name), values);
		Change<String> paused = changes.choice("paused", List.of("true", "false"), String.valueOf(queue.isPaused()));
		Change<Integer> capacity = changes.wholeNumber("capacity", 1, queue.getCapacity());
		List<? extends QueueConsumers<?>> groups = queue.getConsumers();
		Runnable consumers = (groups.size() == 1) ? consumers(changes, groups.get(0)) : () -> {
		};
		changes.check();
		paused.apply((value) -> pause(queue, Boolean.parseBoolean(value)));
		capacity.apply(queue::setCapacity);
		consumers.run();
		return QueueDescriptor.of(queue.getStats());
	}

	private static Runnable consumers(Changes changes, QueueConsumers<?> group) {
		Change<Integer> count = changes.wholeNumber("consumers", 0, group.getCount());
		return () -> count.apply(group::setCount);
	}

	private static void pause(WorkQueue<?> queue, boolean paused) {
		if (paused) {
			queue.pause();
		}
		else {
			queue.resume();
		}
	}

}
