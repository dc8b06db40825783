package io.asyncstarter.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;

import io.asyncstarter.monitor.AsyncMonitor;
import io.asyncstarter.monitor.FindingKind;

/**
 * Shows the monitors: the event loops, and what was found last.
 *
 * @since 0.1.0
 */
@RegisterReflectionForBinding(MonitorDescriptor.class)
public final class MonitorKind implements AsyncEndpointKind<MonitorDescriptor> {

	private static final Map<String, FindingKind> KINDS = Map.of("event-loop", FindingKind.EVENT_LOOP_BLOCKED,
			"virtual-threads", FindingKind.VIRTUAL_THREADS_STARVED, "pinning", FindingKind.THREAD_PINNED);

	private final AsyncMonitor monitor;

	/**
	 * Creates the kind.
	 * @param monitor the monitor to show
	 */
	public MonitorKind(AsyncMonitor monitor) {
		this.monitor = monitor;
	}

	@Override
	public String getName() {
		return "monitor";
	}

	@Override
	public String getNoun() {
		return "monitor";
	}

	@Override
	public SortedMap<String, MonitorDescriptor> all() {
		SortedMap<String, MonitorDescriptor> descriptors = new TreeMap<>();
		KINDS.keySet().forEach((name) -> find(name).ifPresent((descriptor) -> descriptors.put(name, descriptor)));
		return descriptors;
	}

	@Override
	public Optional<MonitorDescriptor> find(String name) {
		FindingKind kind = KINDS.get(name);
		Duration warnAbove = (kind != null) ? this.monitor.getThresholds().get(kind) : null;
		return (kind != null && warnAbove != null) ? Optional.of(describe(kind, warnAbove)) : Optional.empty();
	}

	private MonitorDescriptor describe(FindingKind kind, Duration warnAbove) {
		List<MonitorDescriptor.Loop> loops = (kind == FindingKind.EVENT_LOOP_BLOCKED)
				? this.monitor.getEventLoops().getLoops().stream().map(MonitorDescriptor.Loop::of).toList() : List.of();
		return new MonitorDescriptor(warnAbove.toMillis(), this.monitor.getCount(kind), loops,
				this.monitor.getFindings(kind).stream().map(MonitorDescriptor.Finding::of).toList());
	}

}
