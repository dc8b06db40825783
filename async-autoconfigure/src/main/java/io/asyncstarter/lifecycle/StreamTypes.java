package io.asyncstarter.lifecycle;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/**
 * The types of responses that go on for an unknown time: events, and JSON line by line.
 */
final class StreamTypes {

	private static final List<MediaType> STREAMS = List.of(MediaType.TEXT_EVENT_STREAM, MediaType.APPLICATION_NDJSON);

	private StreamTypes() {
	}

	static boolean isStream(@Nullable MediaType contentType) {
		return contentType != null && STREAMS.stream().anyMatch((stream) -> stream.isCompatibleWith(contentType));
	}

}
