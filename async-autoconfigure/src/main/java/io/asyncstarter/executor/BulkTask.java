package io.asyncstarter.executor;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/**
 * A task of {@code invokeAll} or {@code invokeAny}. It tells the caller when its future
 * has ended, and again when its place is free.
 *
 * @param <V> the type of the result
 */
final class BulkTask<V extends @Nullable Object> extends BoundedTask<V> {

	private final BlockingQueue<BulkTask<V>> news;

	private volatile boolean gone;

	BulkTask(TaskCapture capture, Callable<V> work, BlockingQueue<BulkTask<V>> news) {
		super(capture, work);
		this.news = news;
	}

	@Override
	protected void done() {
		this.news.add(this);
	}

	@Override
	void left() {
		this.gone = true;
		this.news.add(this);
	}

	boolean isGone() {
		return this.gone;
	}

}
