package io.asyncstarter.sample.gallery;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the parameters that a run is asked for with: from a JSON body whatever its
 * content type says, since {@code curl -d} says something else, and from the query.
 */
@Component
class ParameterReader {

	private static final TypeReference<Map<String, @Nullable Object>> PARAMETERS = new TypeReference<>() {
	};

	private static final int MAX_BYTES = 64 * 1024;

	private final JsonMapper json;

	ParameterReader(JsonMapper json) {
		this.json = json;
	}

	Mono<Map<String, @Nullable Object>> read(ServerHttpRequest request) {
		return DataBufferUtils.join(request.getBody(), MAX_BYTES).map((buffer) -> {
			String body = buffer.toString(StandardCharsets.UTF_8);
			DataBufferUtils.release(buffer);
			return body;
		}).defaultIfEmpty("").map((body) -> {
			Map<String, @Nullable Object> given = new LinkedHashMap<>(request.getQueryParams().toSingleValueMap());
			if (!body.isBlank()) {
				given.putAll(parse(body));
			}
			return given;
		});
	}

	private Map<String, @Nullable Object> parse(String body) {
		try {
			return this.json.readValue(body, PARAMETERS);
		}
		catch (JacksonException ex) {
			throw new UnreadableParametersException(ex);
		}
	}

}
