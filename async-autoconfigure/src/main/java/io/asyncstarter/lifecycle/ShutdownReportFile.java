package io.asyncstarter.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;

/**
 * Writes the last shutdown report to a file, for example that which an orchestrator reads
 * when a container has ended.
 *
 * @since 0.1.0
 */
public final class ShutdownReportFile implements ApplicationListener<PayloadApplicationEvent<ShutdownReport>> {

	private static final Log logger = LogFactory.getLog(ShutdownReportFile.class);

	private final Path file;

	/**
	 * Creates a listener.
	 * @param file the file, which is created or replaced
	 */
	public ShutdownReportFile(Path file) {
		this.file = file;
	}

	@Override
	public void onApplicationEvent(PayloadApplicationEvent<ShutdownReport> event) {
		try {
			Path directory = this.file.toAbsolutePath().getParent();
			if (directory != null) {
				Files.createDirectories(directory);
			}
			Files.writeString(this.file, event.getPayload().describe() + System.lineSeparator());
		}
		catch (IOException ex) {
			logger.warn("The shutdown report could not be written to '%s'".formatted(this.file), ex);
		}
	}

}
