package io.asyncstarter.sample.upstream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What the upstream knows of those who call it: by run, and by group of calls within a
 * run, so that no run disturbs another. Instances are safe for use by multiple threads.
 *
 * @since 0.1.0
 */
@Component
public class UpstreamLoad {

	private final Map<Key, UpstreamWatch> watches = new ConcurrentHashMap<>();

	/**
	 * Begin to watch the calls of a run.
	 * @param run the id of the run
	 * @param onChange told how many calls are served at once; called on the event loop,
	 * may not block
	 * @return what is seen, until it is closed
	 */
	public UpstreamWatch watch(String run, IntConsumer onChange) {
		return watch(run, "", onChange);
	}

	/**
	 * Begin to watch a group of calls of a run.
	 * @param run the id of the run
	 * @param group the name of the group
	 * @param onChange told how many calls are served at once; called on the event loop,
	 * may not block
	 * @return what is seen, until it is closed
	 */
	public UpstreamWatch watch(String run, String group, IntConsumer onChange) {
		Key key = new Key(run, group);
		UpstreamWatch watch = new UpstreamWatch(onChange, () -> this.watches.remove(key));
		this.watches.put(key, watch);
		return watch;
	}

	@Nullable UpstreamWatch find(String run, String group) {
		return this.watches.get(new Key(run, group));
	}

	private record Key(String run, String group) {

	}

}
