// What is known of a run: its events, put in order for drawing. Times are microseconds since the run began.

const ENDS = new Set(['done', 'failed', 'cancelled']);

const newChart = (name) => ({ name, limit: null, series: new Map(), max: 0 });

export class RunModel {

	lanes = [];
	groups = new Map();
	bands = new Map();
	dues = new Map();
	marks = [];
	/** The names of what was marked in lanes, in the order in which they came. */
	markKinds = [];
	/** What can be seen so far: states, and 'given' for times that tasks were given. */
	seen = new Set();
	items = [];
	notes = [];
	counts = { queued: 0, running: 0, waiting: 0, idle: 0, done: 0, failed: 0, cancelled: 0 };
	/** How many lanes there are: numbers of lanes that nothing happened in are left out. */
	size = 0;
	last = 0;
	end = null;
	#arrived = performance.now();
	#charts = new Map();
	#running = newChart('running at once');

	add(event) {
		this.last = event.at;
		this.#arrived = performance.now();
		switch (event.kind) {
			case 'lane': this.#lane(event); break;
			case 'due': this.seen.add('given'); this.#of(this.dues, event.lane, () => []).push(event); break;
			case 'gauge': this.#gauge(event); break;
			case 'band': this.#of(this.bands, event.name, () => []).push(event); break;
			case 'mark': this.#mark(event); break;
			case 'item': this.items.push(event); break;
			case 'note': this.notes.push(event); break;
			case 'end': this.end = event; break;
		}
	}

	/** The end of the time axis: of the run, or now while it goes on. */
	get now() {
		return this.end ? Math.max(this.end.at, 1) : this.last + (performance.now() - this.#arrived) * 1000;
	}

	/** Charts to draw: what the run measured, or else how many tasks ran at once. */
	get charts() {
		return this.#charts.size > 0 ? [...this.#charts.values()] : this.size > 1 ? [this.#running] : [];
	}

	#mark(event) {
		this.marks.push(event);
		if (event.lane !== undefined && !this.markKinds.includes(event.name)) {
			this.markKinds.push(event.name);
		}
	}

	#lane(event) {
		let lane = this.lanes[event.lane];
		if (!lane) {
			lane = { number: event.lane, name: event.name, group: event.group, changes: [], state: null };
			this.lanes[event.lane] = lane;
			this.size++;
			// in the order in which they were opened, whoever begins first
			const group = this.#of(this.groups, event.group, () => []);
			const after = group.findIndex((other) => other.number > lane.number);
			group.splice(after < 0 ? group.length : after, 0, lane);
		}
		if (lane.state) {
			this.counts[lane.state]--;
		}
		lane.state = event.state;
		this.counts[event.state]++;
		lane.changes.push(event);
		this.seen.add(event.state);
		this.seen.add(event.outcome);
		this.#point(this.#running, 'running at once', 'steps', event.at, this.counts.running);
	}

	#gauge(event) {
		const chart = this.#of(this.#charts, event.chart, () => newChart(event.chart));
		chart.limit = event.limit ?? chart.limit;
		this.#point(chart, event.name, event.shape, event.at, event.value);
	}

	#point(chart, name, shape, at, value) {
		const series = this.#of(chart.series, name, () => ({ name, shape, points: [], max: 0 }));
		series.points.push({ at, value });
		series.max = Math.max(series.max, value);
		chart.max = Math.max(chart.max, value, chart.limit ?? 0);
	}

	#of(map, key, make) {
		if (!map.has(key)) {
			map.set(key, make());
		}
		return map.get(key);
	}

}

/** What a series is at a time: the latest value, or for a line the one on the way. Null where it is not drawn. */
export function valueAt(series, at) {
	const { points } = series;
	let low = 0;
	let high = points.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (points[middle].at <= at) {
			low = middle + 1;
		}
		else {
			high = middle;
		}
	}
	const before = points[low - 1];
	const after = points[low];
	if (series.shape === 'steps') {
		return before?.value ?? 0;
	}
	if (!before || !after) {
		return before && before.at === at ? before.value : null;
	}
	return before.value + (after.value - before.value) * (at - before.at) / (after.at - before.at);
}

/** The pieces of a lane: one for each state that lasts. */
export function segments(lane, now) {
	const result = [];
	lane.changes.forEach((change, i) => {
		if (!ENDS.has(change.state) && change.state !== 'idle') {
			const next = lane.changes[i + 1];
			result.push({
				state: change.state,
				outcome: next?.outcome ?? (next && ENDS.has(next.state) ? next.state : null),
				from: change.at,
				to: next ? next.at : Math.max(now, change.at),
				thread: change.thread,
				detail: change.detail,
			});
		}
	});
	return result;
}

/** What a lane comes to: how long it was in each state, from when to when, and where it ran. */
export function totals(lane, now) {
	const sums = { queued: 0, waiting: 0, running: 0 };
	let thread = '';
	for (const segment of segments(lane, now)) {
		sums[segment.state] += segment.to - segment.from;
		thread = segment.state === 'running' ? segment.thread : thread;
	}
	const last = lane.changes.at(-1);
	return { ...sums, from: lane.changes[0].at, to: ENDS.has(last.state) ? last.at : now, thread, detail: last.detail };
}

export const ms = (micros) => {
	const value = micros / 1000;
	return value.toLocaleString('en', { minimumFractionDigits: value < 100 ? 1 : 0, maximumFractionDigits: value < 100 ? 1 : 0 });
};
