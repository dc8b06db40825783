package io.asyncstarter.sample.streaming;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;

import org.springframework.stereotype.Component;

/**
 * The answers that are watched. Instances are safe for use by multiple threads.
 */
@Component
class StreamWatches {

	private final Map<String, StreamWatch> watches = new ConcurrentHashMap<>();

	StreamWatch watch(String name, IntConsumer onItem) {
		StreamWatch watch = new StreamWatch(onItem, () -> this.watches.remove(name));
		this.watches.put(name, watch);
		return watch;
	}

	// one that nobody looks at, if there is none
	StreamWatch find(String name) {
		return this.watches.getOrDefault(name, new StreamWatch((item) -> {
		}, () -> {
		}));
	}

}
