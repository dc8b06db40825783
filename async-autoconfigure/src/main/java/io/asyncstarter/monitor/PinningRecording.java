package io.asyncstarter.monitor;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingStream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Records virtual threads that blocked without letting go of their carrier, by the Flight
 * Recorder; the only class here that needs the module {@code jdk.jfr}. Up to Java 23 a
 * {@code synchronized} block is enough to pin a thread; later only native code and the
 * initialization of classes do.
 */
final class PinningRecording implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(PinningRecording.class);

	private static final String EVENT = "jdk.VirtualThreadPinned";

	private static final Duration CLOSE_TIME = Duration.ofSeconds(2);

	private final Duration warnAbove;

	private final Findings findings;

	private final Thread thread;

	/*
	 * 'stream' and 'closed' are guarded by 'lock': whoever comes second, the thread with
	 * its stream or the one who closes, closes it.
	 */

	private final ReentrantLock lock = new ReentrantLock();

	private @Nullable RecordingStream stream;

	private boolean closed;

	private PinningRecording(Duration warnAbove, Findings findings) {
		this.warnAbove = warnAbove;
		this.findings = findings;
		this.thread = Thread.ofPlatform()
			.name("async-monitor-pinning")
			.daemon()
			.inheritInheritableThreadLocals(false)
			.unstarted(this::record);
		this.thread.setContextClassLoader(PinningRecording.class.getClassLoader());
	}

	static PinningRecording start(Duration warnAbove, Findings findings) {
		PinningRecording recording = new PinningRecording(warnAbove, findings);
		recording.thread.start();
		return recording;
	}

	private void record() {
		try (RecordingStream opened = new RecordingStream()) {
			opened.enable(EVENT).withThreshold(this.warnAbove).withStackTrace();
			opened.onEvent(EVENT, this::found);
			if (publish(opened)) {
				opened.start();
			}
		}
		catch (IllegalStateException | SecurityException | UnsupportedOperationException | LinkageError ex) {
			logger.info("Pinned virtual threads are not watched, since the Flight Recorder cannot be used: " + ex);
		}
	}

	private boolean publish(RecordingStream opened) {
		this.lock.lock();
		try {
			this.stream = opened;
			return !this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void found(RecordedEvent event) {
		// Another recording may have a threshold below ours.
		if (event.getDuration().compareTo(this.warnAbove) >= 0) {
			this.findings.over(FindingKind.THREAD_PINNED, threadName(event.getThread()), detail(event),
					event.getDuration(), stack(event.getStackTrace()));
		}
	}

	private static String threadName(@Nullable RecordedThread recorded) {
		if (recorded == null) {
			return "unknown";
		}
		String name = recorded.getJavaName();
		return (name != null && !name.isEmpty()) ? name : "#" + recorded.getJavaThreadId();
	}

	private static String detail(RecordedEvent event) {
		return (event.hasField("pinnedReason"))
				? "%s, %s".formatted(event.getString("blockingOperation"), event.getString("pinnedReason")) : "";
	}

	private static List<StackTraceElement> stack(@Nullable RecordedStackTrace recorded) {
		return (recorded != null) ? recorded.getFrames().stream().map(PinningRecording::element).toList() : List.of();
	}

	private static StackTraceElement element(RecordedFrame frame) {
		String type = frame.getMethod().getType().getName();
		return new StackTraceElement(type, frame.getMethod().getName(), fileOf(type), frame.getLineNumber());
	}

	/**
	 * The recording does not have the name of the file. This is it, unless somebody has
	 * more than one type in a file.
	 */
	private static String fileOf(String type) {
		String simpleName = type.substring(type.lastIndexOf('.') + 1);
		int nested = simpleName.indexOf('$');
		return ((nested > 0) ? simpleName.substring(0, nested) : simpleName) + ".java";
	}

	@Override
	public void close() {
		RecordingStream open;
		this.lock.lock();
		try {
			this.closed = true;
			open = this.stream;
		}
		finally {
			this.lock.unlock();
		}
		if (open != null) {
			open.close();
		}
		try {
			if (!this.thread.join(CLOSE_TIME)) {
				logger.warn(
						"Thread '%s' did not end within %d ms".formatted(this.thread.getName(), CLOSE_TIME.toMillis()));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
