package io.asyncstarter.resource;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineShield;

/**
 * Resources that are acquired one after another, as many as it turns out, and released in
 * the opposite order on every way out: after success, failure, cancellation and deadline.
 * <p>
 * The recommended form is {@link #call(ResourceBody) call} or {@link #run(ResourceWork)
 * run}, which know how the work ended: <pre class="code">
 * Report report = ResourceScope.call((scope) -&gt; {
 *     Connection connection = scope.use(dataSource.getConnection());
 *     List&lt;InputStream&gt; parts = new ArrayList&lt;&gt;();
 *     for (Path path : paths) {
 *         parts.add(scope.use(Files.newInputStream(path)));
 *     }
 *     scope.defer(() -&gt; logger.debug("done"));
 *     return report(connection, parts);
 * });
 * </pre> A scope can also be opened by {@link #open()} in a {@code try} block, or kept
 * and closed later.
 *
 * <h2>Failures</h2> Each release is tried, whatever the others do. If the work failed,
 * that is what is thrown, and what failed in releases is suppressed in it; otherwise the
 * first failure of a release is thrown, and the others are suppressed in that. An
 * {@link ExitHandler} may swallow a failure.
 *
 * <h2>Time</h2> A resource has to be released although the deadline of the work has
 * passed. So releases are shielded from the deadlines around the scope, and from an
 * interrupt that is pending, which is seen again afterwards. If there is a deadline, each
 * release has what is left of it or the cleanup time, whichever is more; then it is
 * interrupted.
 * <p>
 * Instances are not safe for use by multiple threads at the same time.
 *
 * @since 0.1.0
 */
public final class ResourceScope implements AutoCloseable {

	/**
	 * How long a release has after the deadline has passed, unless told otherwise.
	 */
	public static final Duration DEFAULT_CLEANUP_TIME = Duration.ofSeconds(5);

	private final Duration cleanupTime;

	private Deque<ExitHandler> handlers = new ArrayDeque<>();

	private boolean closed;

	private ResourceScope(Duration cleanupTime) {
		Assert.notNull(cleanupTime, "'cleanupTime' must not be null");
		Assert.isTrue(cleanupTime.isPositive(), () -> "'cleanupTime' must be more than zero but was " + cleanupTime);
		this.cleanupTime = cleanupTime;
	}

	/**
	 * Opens a scope, for a {@code try} block.
	 * @return the scope, which is to be closed
	 */
	public static ResourceScope open() {
		return open(DEFAULT_CLEANUP_TIME);
	}

	/**
	 * Opens a scope, for a {@code try} block.
	 * @param cleanupTime how long each release has after the deadline has passed
	 * @return the scope, which is to be closed
	 */
	public static ResourceScope open(Duration cleanupTime) {
		return new ResourceScope(cleanupTime);
	}

	/**
	 * Does work with resources, and releases them.
	 * @param <T> the type of the result
	 * @param <X> the type of checked exception the work throws
	 * @param work the work
	 * @return the result of the work
	 * @throws X if the work fails
	 * @throws ResourceReleaseException if a release failed with a checked exception
	 * @throws IllegalStateException if an exit handler has swallowed a failure, so that
	 * there is no result
	 */
	public static <T extends @Nullable Object, X extends Exception> T call(ResourceBody<T, X> work) throws X {
		return call(DEFAULT_CLEANUP_TIME, work);
	}

	/**
	 * Does work with resources, and releases them.
	 * @param <T> the type of the result
	 * @param <X> the type of checked exception the work throws
	 * @param cleanupTime how long each release has after the deadline has passed
	 * @param work the work
	 * @return the result of the work
	 * @throws X if the work fails
	 * @throws ResourceReleaseException if a release failed with a checked exception
	 * @throws IllegalStateException if an exit handler has swallowed a failure, so that
	 * there is no result
	 */
	public static <T extends @Nullable Object, X extends Exception> T call(Duration cleanupTime,
			ResourceBody<T, X> work) throws X {
		Assert.notNull(work, "'work' must not be null");
		ResourceScope scope = open(cleanupTime);
		T result;
		try {
			result = work.call(scope);
		}
		catch (Throwable ex) {
			if (scope.isSwallowed(ex)) {
				throw new IllegalStateException("An exit handler has swallowed the failure, so there is no result", ex);
			}
			throw ex;
		}
		scope.close();
		return result;
	}

	/**
	 * Does work with resources, and releases them. Returns normally if an exit handler
	 * has swallowed the failure of the work.
	 * @param <X> the type of checked exception the work throws
	 * @param work the work
	 * @throws X if the work fails
	 * @throws ResourceReleaseException if a release failed with a checked exception
	 */
	public static <X extends Exception> void run(ResourceWork<X> work) throws X {
		run(DEFAULT_CLEANUP_TIME, work);
	}

	/**
	 * Does work with resources, and releases them. Returns normally if an exit handler
	 * has swallowed the failure of the work.
	 * @param <X> the type of checked exception the work throws
	 * @param cleanupTime how long each release has after the deadline has passed
	 * @param work the work
	 * @throws X if the work fails
	 * @throws ResourceReleaseException if a release failed with a checked exception
	 */
	public static <X extends Exception> void run(Duration cleanupTime, ResourceWork<X> work) throws X {
		Assert.notNull(work, "'work' must not be null");
		ResourceScope scope = open(cleanupTime);
		try {
			work.run(scope);
		}
		catch (Throwable ex) {
			if (scope.isSwallowed(ex)) {
				return;
			}
			throw ex;
		}
		scope.close();
	}

	/**
	 * Registers a resource that has been acquired.
	 * @param <R> the type of the resource
	 * @param resource the resource
	 * @return the resource
	 * @throws IllegalStateException if this scope was closed; the resource is closed then
	 */
	public <R extends AutoCloseable> R use(R resource) {
		return use(resource, AutoCloseable::close);
	}

	/**
	 * Registers a resource that has been acquired.
	 * @param <R> the type of the resource
	 * @param resource the resource
	 * @param release how to release it
	 * @return the resource
	 * @throws IllegalStateException if this scope was closed; the resource is released
	 * then
	 */
	public <R> R use(R resource, Release<? super R> release) {
		Assert.notNull(resource, "'resource' must not be null");
		Assert.notNull(release, "'release' must not be null");
		if (this.closed) {
			IllegalStateException refusal = refusal();
			exit(refusal, (failure) -> {
				release.release(resource);
				return false;
			});
			throw refusal;
		}
		defer(() -> release.release(resource));
		return resource;
	}

	/**
	 * Acquires a resource and registers it. If it cannot be acquired, nothing is
	 * registered.
	 * @param <R> the type of the resource
	 * @param acquire acquires the resource
	 * @param release how to release it
	 * @return the resource
	 * @throws IllegalStateException if this scope was closed; nothing is acquired then
	 * @throws Exception if the resource cannot be acquired
	 */
	public <R> R acquire(Callable<? extends R> acquire, Release<? super R> release) throws Exception {
		Assert.notNull(acquire, "'acquire' must not be null");
		requireOpen();
		return this.<R>use(acquire.call(), release);
	}

	/**
	 * Registers something to be done when this scope is left.
	 * @param action what to do
	 * @throws IllegalStateException if this scope was closed
	 */
	public void defer(CleanupAction action) {
		Assert.notNull(action, "'action' must not be null");
		onExit((failure) -> {
			action.run();
			return false;
		});
	}

	/**
	 * Registers a handler that looks at how the work has ended when this scope is left,
	 * and may swallow its failure.
	 * @param handler the handler
	 * @throws IllegalStateException if this scope was closed
	 */
	public void onExit(ExitHandler handler) {
		Assert.notNull(handler, "'handler' must not be null");
		requireOpen();
		this.handlers.push(handler);
	}

	/**
	 * Takes everything that is registered out of this scope, so that it outlives it. This
	 * is how a constructor keeps what it has acquired, once nothing can fail any more.
	 * @return a new scope that has everything that was registered here, to be closed by
	 * whoever has it
	 * @throws IllegalStateException if this scope was closed
	 */
	public ResourceScope transfer() {
		requireOpen();
		ResourceScope heir = new ResourceScope(this.cleanupTime);
		heir.handlers = this.handlers;
		this.handlers = new ArrayDeque<>();
		return heir;
	}

	/**
	 * Releases all resources, last registered first. Does nothing if that has been done.
	 * @throws ResourceReleaseException if a release failed with a checked exception;
	 * other failures are thrown as they are
	 */
	@Override
	public void close() {
		Throwable failure = exit(null);
		if (failure != null) {
			throw unchecked(failure);
		}
	}

	private void requireOpen() {
		if (this.closed) {
			throw refusal();
		}
	}

	private static IllegalStateException refusal() {
		return new IllegalStateException("The scope has been closed");
	}

	/**
	 * Releases all resources after a failure.
	 * @return whether the failure was swallowed, and nothing else failed
	 */
	@SuppressWarnings("ReferenceEquality") // it is about this very failure
	private boolean isSwallowed(Throwable failure) {
		Throwable left = exit(failure);
		if (left != null && left != failure) {
			throw unchecked(left);
		}
		return left == null;
	}

	private static RuntimeException unchecked(Throwable failure) {
		if (failure instanceof Error error) {
			throw error;
		}
		return (failure instanceof RuntimeException exception) ? exception : new ResourceReleaseException(failure);
	}

	/**
	 * Calls all handlers.
	 * @param failure what the work has failed with, or {@code null}
	 * @return what there is to throw in the end, or {@code null}
	 */
	private @Nullable Throwable exit(@Nullable Throwable failure) {
		this.closed = true;
		if (this.handlers.isEmpty()) {
			return failure;
		}
		Throwable current = failure;
		while (!this.handlers.isEmpty()) {
			current = exit(current, this.handlers.pop());
		}
		return current;
	}

	private @Nullable Throwable exit(@Nullable Throwable failure, ExitHandler handler) {
		Deadline limit = limit();
		try {
			boolean swallow = DeadlineShield.<Boolean, Exception>call(() -> (!limit.isUnbounded())
					? limit.<Boolean>call("cleanup", () -> handler.exit(failure)) : handler.exit(failure));
			return (!swallow) ? failure : null;
		}
		catch (Throwable ex) {
			if (ex instanceof InterruptedException) {
				Thread.currentThread().interrupt();
			}
			if (failure == null) {
				return ex;
			}
			if (!ex.equals(failure)) {
				failure.addSuppressed(ex);
			}
			return failure;
		}
	}

	/**
	 * Returns when a release that begins now has to be done.
	 */
	private Deadline limit() {
		Deadline deadline = Deadline.current();
		if (deadline.isUnbounded()) {
			return deadline;
		}
		Duration left = deadline.remaining();
		return Deadline.after((left.compareTo(this.cleanupTime) > 0) ? left : this.cleanupTime);
	}

}
