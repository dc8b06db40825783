package io.asyncstarter.sample.gallery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.stereotype.Component;

/**
 * Starts runs on the executor {@code gallery}, which bounds how many there are and how
 * long they take, and keeps the last ones. Instances are safe for use by multiple
 * threads.
 */
@Component
class GalleryRuns {

	private final AsyncTaskExecutor executor;

	private final GalleryProperties properties;

	private final ReentrantLock lock = new ReentrantLock();

	// guarded by the lock
	private final Deque<GalleryRun> runs = new ArrayDeque<>();

	GalleryRuns(@Qualifier("gallery") AsyncTaskExecutor executor, GalleryProperties properties) {
		this.executor = executor;
		this.properties = properties;
	}

	GalleryRun start(Pattern pattern, ParameterValues parameters) {
		String id = UUID.randomUUID().toString().substring(0, 8);
		Recorder recorder = new Recorder(this.properties.maxEvents(), System::nanoTime);
		GalleryRun run = new GalleryRun(id, pattern, parameters, recorder);
		try {
			run.submitted(this.executor.submit(run::execute));
		}
		catch (RejectedExecutionException ex) {
			throw new GalleryBusyException(ex);
		}
		keep(run);
		return run;
	}

	private void keep(GalleryRun run) {
		this.lock.lock();
		try {
			this.runs.addLast(run);
			Iterator<GalleryRun> oldest = this.runs.iterator();
			while (this.runs.size() > this.properties.keepRuns() && oldest.hasNext()) {
				if (oldest.next().isFinished()) {
					oldest.remove();
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	// the kept runs of a pattern, newest first
	List<GalleryRun> of(Pattern pattern) {
		this.lock.lock();
		try {
			List<GalleryRun> kept = new ArrayList<>();
			this.runs.descendingIterator().forEachRemaining((run) -> {
				if (run.pattern().equals(pattern)) {
					kept.add(run);
				}
			});
			return kept;
		}
		finally {
			this.lock.unlock();
		}
	}

	GalleryRun get(Pattern pattern, String id) {
		return of(pattern).stream()
			.filter((run) -> run.id().equals(id))
			.findFirst()
			.orElseThrow(
					() -> new NotInGalleryException("Pattern '%s' has no run '%s'. The gallery keeps its last %d runs."
						.formatted(pattern.info().id(), id, this.properties.keepRuns())));
	}

}
