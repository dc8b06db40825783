package io.asyncstarter.sample.requestid;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/**
 * The log lines of one run, as the logging system wrote them. Lines are told apart by
 * their key-value pair {@code run}. Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
public final class CapturedLog implements AutoCloseable {

	private static final String RUN = "run";

	private final Queue<Line> lines = new ConcurrentLinkedQueue<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.asyncstarter.sample");

	private final Appender appender;

	/**
	 * Begin to capture.
	 * @param run the id of the run
	 */
	public CapturedLog(String run) {
		this.appender = new Appender(run, this.lines);
		this.appender.setContext(this.logger.getLoggerContext());
		this.appender.start();
		this.logger.addAppender(this.appender);
	}

	/**
	 * Write a line that belongs to a run.
	 * @param logger the logger to write to
	 * @param run the id of the run
	 * @param message the line
	 */
	public static void write(org.slf4j.Logger logger, String run, String message) {
		logger.atInfo().addKeyValue(RUN, run).log(message);
	}

	/**
	 * The lines so far.
	 * @return the lines, in the order in which they were written
	 */
	public List<Line> lines() {
		return List.copyOf(this.lines);
	}

	@Override
	public void close() {
		this.logger.detachAppender(this.appender);
		this.appender.stop();
	}

	/**
	 * A log line.
	 *
	 * @param message what it says
	 * @param thread the name of the thread that wrote it
	 * @param requestId the request id in its MDC; empty if there was none
	 * @since 0.1.0
	 */
	public record Line(String message, String thread, String requestId) {

	}

	private static final class Appender extends AppenderBase<ILoggingEvent> {

		private final KeyValuePair wanted;

		private final Queue<Line> lines;

		private Appender(String run, Queue<Line> lines) {
			this.wanted = new KeyValuePair(RUN, run);
			this.lines = lines;
		}

		@Override
		protected void append(ILoggingEvent event) {
			List<KeyValuePair> pairs = event.getKeyValuePairs();
			if (pairs != null && pairs.contains(this.wanted)) {
				Map<String, String> mdc = event.getMDCPropertyMap();
				this.lines.add(new Line(event.getFormattedMessage(), event.getThreadName(),
						mdc.getOrDefault(RequestId.KEY, "")));
			}
		}

	}

}
