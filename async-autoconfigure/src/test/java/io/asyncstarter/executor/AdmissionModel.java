package io.asyncstarter.executor;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What an admission of five tasks is to answer, written down as simply as can be: the
 * sequential specification. Limit 1 and queue 1 to begin with.
 */
public class AdmissionModel {

	private final List<Integer> running = new ArrayList<>();

	private final List<Integer> queue = new ArrayList<>();

	private final List<Integer> gone = new ArrayList<>();

	private int limit = 1;

	private int capacity = 1;

	private boolean shutdown;

	public String offer(int task) {
		if (this.running.contains(task) || this.queue.contains(task) || this.gone.contains(task)) {
			return "submitted before";
		}
		if (this.shutdown) {
			return "SHUT_DOWN";
		}
		if (this.running.size() < this.limit) {
			this.running.add(task);
			return "STARTED";
		}
		if (this.queue.size() < this.capacity) {
			this.queue.add(task);
			return "QUEUED";
		}
		return "SATURATED";
	}

	public @Nullable Integer release(int task) {
		if (!this.running.remove(/* element */ (Integer) task)) {
			return null;
		}
		this.gone.add(task);
		List<Integer> started = fill(1);
		return (started.isEmpty()) ? -1 : started.getFirst();
	}

	private List<Integer> fill(int most) {
		List<Integer> started = new ArrayList<>();
		while (started.size() < most && this.running.size() < this.limit && !this.queue.isEmpty()) {
			started.add(this.queue.removeFirst());
			this.running.add(started.getLast());
		}
		return started;
	}

	public boolean withdraw(int task) {
		boolean queued = this.queue.remove(/* element */ (Integer) task);
		if (queued) {
			this.gone.add(task);
		}
		return queued;
	}

	public String resize(int newLimit) {
		this.limit = newLimit;
		return fill(Integer.MAX_VALUE).toString();
	}

	public void setCapacity(int newCapacity) {
		this.capacity = newCapacity;
	}

	public void shutdown() {
		this.shutdown = true;
	}

	public String shutdownNow() {
		this.shutdown = true;
		String drained = this.queue.toString();
		this.gone.addAll(this.queue);
		this.queue.clear();
		return drained;
	}

	public String figures() {
		String state = "ACTIVE";
		if (this.shutdown) {
			state = (this.running.isEmpty() && this.queue.isEmpty()) ? "TERMINATED" : "SHUTTING_DOWN";
		}
		return "%d running, %d queued, %s".formatted(this.running.size(), this.queue.size(), state);
	}

	/**
	 * The specification of {@link AdmissionHarness#started()}.
	 */
	public static final class Started extends AdmissionModel {

		public Started() {
			setCapacity(2);
			for (int i = 0; i < 3; i++) {
				offer(i);
			}
		}

	}

}
