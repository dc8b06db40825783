package io.asyncstarter.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Streams of events that are open to clients of a servlet application. When the
 * application closes they are completed; otherwise the web server would wait for them as
 * long as for a request that is going to end.
 * <p>
 * Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class OpenServletStreams implements ShutdownParticipant {

	private static final Log logger = LogFactory.getLog(OpenServletStreams.class);

	private final Set<AsyncContext> streams = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	/**
	 * Returns how many streams are open.
	 * @return the number of streams
	 */
	public int getCount() {
		return this.streams.size();
	}

	boolean isClosed() {
		return this.closed;
	}

	/**
	 * Lets a stream be, until the application closes.
	 */
	void opened(AsyncContext stream) {
		this.streams.add(stream);
		stream.addListener(new Farewell(stream));
		if (this.closed) {
			complete(stream);
		}
	}

	private void complete(AsyncContext stream) {
		if (this.streams.remove(stream)) {
			try {
				stream.complete();
			}
			catch (IllegalStateException ex) {
				logger.debug("A stream has ended by itself", ex);
			}
		}
	}

	@Override
	public ShutdownStage getStage() {
		return ShutdownStage.INTAKE;
	}

	@Override
	public void refuse() {
		this.closed = true;
		this.streams.forEach(this::complete);
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * The web server has waited for them already.
	 */
	@Override
	public boolean awaitEnd(Duration atMost) {
		return true;
	}

	@Override
	public List<ShutdownAccount> accounts() {
		return List.of();
	}

	@Override
	public void cancel() {
	}

	/**
	 * Forgets a stream that has ended, or that goes on under another context.
	 */
	private final class Farewell implements AsyncListener {

		private final AsyncContext stream;

		private Farewell(AsyncContext stream) {
			this.stream = stream;
		}

		@Override
		public void onComplete(AsyncEvent event) {
			OpenServletStreams.this.streams.remove(this.stream);
		}

		@Override
		public void onStartAsync(AsyncEvent event) {
			OpenServletStreams.this.streams.remove(this.stream);
		}

		@Override
		public void onTimeout(AsyncEvent event) {
			// The completion follows.
		}

		@Override
		public void onError(AsyncEvent event) {
			// The completion follows.
		}

	}

}
