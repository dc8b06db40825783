// What is known of a run: its events, put in order for drawing. Times are microseconds since the run began.

const ENDS = new Set(['done', 'failed', 'cancelled']);

export class RunModel {

	lanes = [];
	groups = new Map();
	gauges = new Map();
	bands = new Map();
	marks = [];
	items = [];
	notes = [];
	counts = { queued: 0, running: 0, waiting: 0, done: 0, failed: 0, cancelled: 0 };
	last = 0;
	end = null;
	#arrived = performance.now();
	#running = { name: 'running at once', limit: null, points: [], max: 0 };

	add(event) {
		this.last = event.at;
		this.#arrived = performance.now();
		switch (event.kind) {
			case 'lane': this.#lane(event); break;
			case 'gauge': this.#gauge(event); break;
			case 'band': this.#of(this.bands, event.name, () => []).push(event); break;
			case 'mark': this.marks.push(event); break;
			case 'item': this.items.push(event); break;
			case 'note': this.notes.push(event); break;
			case 'end': this.end = event; break;
		}
	}

	/** The end of the time axis: of the run, or now while it goes on. */
	get now() {
		return this.end ? Math.max(this.end.at, 1) : this.last + (performance.now() - this.#arrived) * 1000;
	}

	/** Charts to draw: how many tasks ran at once, then what the run measured. */
	get charts() {
		const measured = [...this.gauges.values()];
		return this.lanes.length > 1 ? [this.#running, ...measured] : measured;
	}

	#lane(event) {
		let lane = this.lanes[event.lane];
		if (!lane) {
			lane = { number: event.lane, name: event.name, group: event.group, changes: [], state: null };
			this.lanes[event.lane] = lane;
			this.#of(this.groups, event.group, () => []).push(lane);
		}
		if (lane.state) {
			this.counts[lane.state]--;
		}
		lane.state = event.state;
		this.counts[event.state]++;
		lane.changes.push(event);
		this.#point(this.#running, event.at, this.counts.running);
	}

	#gauge(event) {
		const gauge = this.#of(this.gauges, event.name, () => ({ name: event.name, limit: null, points: [], max: 0 }));
		gauge.limit = event.limit ?? gauge.limit;
		this.#point(gauge, event.at, event.value);
	}

	#point(gauge, at, value) {
		gauge.points.push({ at, value });
		gauge.max = Math.max(gauge.max, value, gauge.limit ?? 0);
	}

	#of(map, key, make) {
		if (!map.has(key)) {
			map.set(key, make());
		}
		return map.get(key);
	}

}

/** The pieces of a lane: one for each state that lasts. */
export function segments(lane, now) {
	const result = [];
	lane.changes.forEach((change, i) => {
		if (!ENDS.has(change.state)) {
			const next = lane.changes[i + 1];
			result.push({
				state: change.state,
				outcome: next && ENDS.has(next.state) ? next.state : null,
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
