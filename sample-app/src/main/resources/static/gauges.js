// What /actuator/async tells, as tiles: each with a name, a state that says what is wrong, and gauges.

const state = (word, tone) => ({ word, tone });
const FINE = state('fine', 'good');
const WAITS_LONG = 10_000;

const values = (all) => Object.entries(all ?? {});
const total = (counts) => Object.values(counts).reduce((sum, count) => sum + count, 0);

export function sections(overview) {
	return [
		{ title: 'Executors', tiles: values(overview.executors).map(executor) },
		{ title: 'Queues', tiles: values(overview.queues).map(queue) },
		{ title: 'Policies', tiles: [
			...values(overview.policies).filter(([, policy]) => policy.circuitBreaker).map(breaker),
			...values(overview.policies).filter(([, policy]) => policy.bulkhead).map(bulkhead),
			...values(overview['rate-limiters']).map(limiter),
		] },
		{ title: 'Event loops and threads', tiles: values(overview.monitor).flatMap(monitor) },
	].filter((section) => section.tiles.length > 0);
}

function executor([name, it]) {
	const wrong = it.state !== 'ACTIVE' ? state('shut down', 'bad')
		: it.saturated ? state('saturated', 'bad')
			: it.running >= it.maxConcurrency ? state('at its limit', 'warn') : FINE;
	return { name, noun: 'executor', state: wrong, gauges: [
		{ name: 'running', value: it.running, limit: it.maxConcurrency },
		{ name: 'queued', value: it.queued, limit: it.queueCapacity },
		{ name: 'ended', total: it.tasks.succeeded + it.tasks.failed + it.tasks.cancelled, unit: '/s' },
		{ name: 'rejected', total: total(it.rejected), unit: '/s' },
	] };
}

function queue([name, it]) {
	const wrong = it.full ? state('full', 'bad') : it.paused ? state('paused', 'warn')
		: it.oldestMillis > WAITS_LONG ? state('behind', 'warn') : FINE;
	return { name, noun: 'queue', state: wrong, gauges: [
		{ name: 'waiting', value: it.size, limit: it.capacity },
		{ name: 'oldest', value: it.oldestMillis, unit: ' ms' },
		{ name: 'in process', value: it.processing },
		{ name: 'processed', total: it.items.succeeded, unit: '/s' },
		{ name: 'given up', total: it.items.failed + it.items.expired + it.items.dropped, unit: '/s' },
	] };
}

const BREAKER = { CLOSED: 'good', OPEN: 'bad', FORCED_OPEN: 'bad', HALF_OPEN: 'warn' };

function breaker([name, { circuitBreaker: it }]) {
	return { name, noun: 'circuit breaker', state: state(it.state.toLowerCase().replaceAll('_', '-'), BREAKER[it.state] ?? 'neutral'), gauges: [
		{ name: 'failures', value: it.failureRate, limit: it.settings.failureRate, unit: ' %' },
		{ name: 'refused', total: it.notPermitted, unit: '/s' },
	] };
}

function bulkhead([name, { bulkhead: it }]) {
	return { name, noun: 'bulkhead', state: it.waiting > 0 ? state('calls wait', 'warn') : FINE, gauges: [
		{ name: 'in flight', value: it.inFlight, limit: it.maxConcurrency },
		{ name: 'waiting', value: it.waiting },
	] };
}

function limiter([name, it]) {
	const wrong = it.waiting > 0 ? state('calls wait', 'warn') : it.tokens <= 0 ? state('no tokens', 'warn') : FINE;
	return { name, noun: 'rate limiter', state: wrong, gauges: [
		{ name: 'tokens', value: it.tokens, limit: it.burst },
		{ name: 'waiting', value: it.waiting },
	] };
}

function monitor([name, it]) {
	const found = { name: 'found', value: it.found };
	if (name !== 'event-loop') {
		return [{ name: name.replace('-', ' '), noun: 'monitor', state: it.findings[0]?.ongoing ? state('found now', 'bad') : FINE, gauges: [found] }];
	}
	return it.loops.map((loop) => ({ name: loop.name, noun: 'event loop', state: loop.blockedMillis > 0 ? state('blocked', 'bad') : FINE, gauges: [
		{ name: 'lag', value: Math.max(loop.lastLagMillis, loop.blockedMillis), limit: it.warnAboveMillis, unit: ' ms' },
		{ name: 'blocked', value: loop.blockages, unit: ' ×' },
	] }));
}

/** The background tasks, and all groups and tasks that are under way. */
export function tasks({ background, tasks: roots, omitted }) {
	const count = (node) => 1 + node.omitted + node.children.reduce((sum, child) => sum + count(child), 0);
	const full = background.active >= background.maxActive;
	return { title: 'Tasks', tiles: [
		{ name: 'background', noun: 'tasks', state: full ? state('no room', 'bad') : FINE, gauges: [
			{ name: 'active', value: background.active, limit: background.maxActive },
			{ name: 'failed', total: background.failed, unit: '/s' },
		] },
		{ name: 'groups and their tasks', noun: '', state: FINE, gauges: [{ name: 'live', value: omitted + roots.reduce((sum, root) => sum + count(root), 0) }] },
	] };
}

/** What the monitors found last, the newest first. */
export const findings = (overview) => values(overview.monitor).flatMap(([, it]) => it.findings).sort((one, other) => other.at.localeCompare(one.at));

/** Seconds of a duration as the endpoints write it, such as PT1M2.5S. */
export function seconds(duration) {
	const [, days = 0, hours = 0, minutes = 0, rest = 0] = /^P(?:(-?\d+)D)?T?(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?[\d.]+)S)?$/.exec(duration) ?? [];
	return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(rest);
}
