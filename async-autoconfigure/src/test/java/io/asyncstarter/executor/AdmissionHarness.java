package io.asyncstarter.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.asyncstarter.context.TaskContext;
import io.asyncstarter.deadline.Deadline;

/**
 * An {@link Admission} of five tasks, with the methods of {@link AdmissionModel}.
 */
class AdmissionHarness {

	static final int TASKS = 5;

	private static final TaskCapture CAPTURE = new TaskCapture(BoundedExecutor.builder("model").build(),
			TaskContext.capture(), Deadline.none(), null);

	final AtomicInteger terminations = new AtomicInteger();

	private final Admission admission = new Admission(1, 1, this.terminations::incrementAndGet);

	private final List<BoundedTask<String>> tasks = new ArrayList<>();

	AdmissionHarness() {
		for (int i = 0; i < TASKS; i++) {
			this.tasks.add(new BoundedTask<>(CAPTURE, () -> ""));
		}
	}

	/**
	 * One task runs and two wait, so that most operations have something to disagree
	 * about.
	 */
	static AdmissionHarness started() {
		AdmissionHarness admission = new AdmissionHarness();
		admission.setCapacity(2);
		for (int i = 0; i < 3; i++) {
			admission.offer(i);
		}
		return admission;
	}

	String offer(int task) {
		try {
			return this.admission.offer(this.tasks.get(task), false, null).name();
		}
		catch (IllegalStateException ex) {
			return "submitted before";
		}
	}

	/**
	 * Ends a task if it holds a permit. Not to be called concurrently, since a task ends
	 * once.
	 */
	@Nullable Integer release(int number) {
		BoundedTask<String> task = this.tasks.get(number);
		if (task.state != TaskState.STARTING) {
			return null;
		}
		BoundedTask<?> next = this.admission.release(task, TaskOutcome.SUCCEEDED);
		return (next != null) ? this.tasks.indexOf(next) : -1;
	}

	boolean withdraw(int task) {
		boolean withdrawn = this.admission.withdraw(this.tasks.get(task), null);
		if (withdrawn) {
			this.admission.settled();
		}
		return withdrawn;
	}

	String resize(int limit) {
		return numbers(this.admission.maxConcurrency(limit));
	}

	void setCapacity(int capacity) {
		this.admission.queueCapacity(capacity);
	}

	void shutdown() {
		this.admission.shutdown();
	}

	String shutdownNow() {
		List<BoundedTask<?>> drained = this.admission.shutdownNow();
		drained.forEach((task) -> this.admission.settled());
		return numbers(drained);
	}

	String figures() {
		BoundedExecutorStats stats = this.admission.stats("", ThreadKind.VIRTUAL, OverloadPolicy.REJECT, 0);
		return "%d running, %d queued, %s".formatted(stats.running(), stats.queued(), stats.state());
	}

	private String numbers(List<BoundedTask<?>> found) {
		List<Integer> numbers = new ArrayList<>();
		for (BoundedTask<?> task : found) {
			numbers.add(this.tasks.indexOf(task));
		}
		return numbers.toString();
	}

}
