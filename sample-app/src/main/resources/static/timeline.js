// Draws a run: a lane for each task, charts below on the same time axis. Only the visible lanes are drawn.

import { fit, font, niceStep, number, prepare, symbol, tick } from './canvas.js';
import { Charts } from './charts.js';
import { ms, segments, totals, valueAt } from './model.js';

const AXIS = 26;
const HEAD = 26;
const BAND = 22;
const RIGHT = 14;
const TALLEST = 640;

export class Timeline {

	#box;
	#canvas;
	#charts;
	#tip;
	#model = null;
	#rows = [];
	#height = 0;
	#laneHeight = 20;
	#selected = -1;
	#cursor = null;
	#frame = 0;
	#colors = {};
	#plot = null;

	/** What was painted last: one rectangle for each piece of a visible lane. */
	painted = [];

	constructor(box, gauges, tip) {
		this.#box = box;
		this.#canvas = box.querySelector('canvas');
		this.#charts = new Charts(gauges);
		this.#tip = tip;
		box.addEventListener('scroll', () => this.draw());
		box.addEventListener('pointermove', (event) => this.#point(event));
		box.addEventListener('pointerleave', () => this.#leave());
		gauges.addEventListener('pointermove', (event) => this.#cross(event));
		gauges.addEventListener('pointerleave', () => this.#leave());
		box.addEventListener('keydown', (event) => this.#key(event));
		box.addEventListener('blur', () => this.#leave());
		new ResizeObserver(() => this.draw()).observe(box);
		matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
	}

	show(model) {
		this.#model = model;
		this.#selected = -1;
		this.#box.scrollTop = 0;
		this.#leave();
	}

	/** Draws as soon as the browser is ready to, once. */
	draw() {
		this.#frame ||= requestAnimationFrame(() => {
			this.#frame = 0;
			if (this.#model && this.#box.offsetParent) {
				this.#paint();
				if (!this.#model.end) {
					this.draw();
				}
			}
		});
	}

	#paint() {
		const style = getComputedStyle(document.documentElement);
		for (const name of ['queued', 'running', 'waiting', 'done', 'failed', 'cancelled', 'ink', 'soft', 'grid', 'line', 'surface', 'sunken', 'accent']) {
			this.#colors[name] = style.getPropertyValue(`--${name}`).trim();
		}
		this.#layOut();
		const width = this.#box.clientWidth;
		const plot = { left: width < 560 ? 84 : 168, right: width - RIGHT, now: this.#model.now };
		plot.x = (at) => plot.left + (plot.right - plot.left) * Math.min(at / plot.now, 1);
		plot.at = (x) => plot.now * Math.max(0, Math.min((x - plot.left) / (plot.right - plot.left), 1));
		this.#plot = plot;
		this.#paintLanes(width, plot);
		this.#charts.paint(this.#model, this.#colors, width, plot, this.#cursor);
	}

	#layOut() {
		const count = this.#model.size;
		const heads = [...this.#model.groups.keys()].filter(Boolean).length;
		const room = TALLEST - AXIS - heads * HEAD - this.#model.groups.size * 6 - this.#model.bands.size * BAND;
		// all of them in view, as long as they can be told apart
		this.#laneHeight = Math.max(2, Math.min(count <= 8 ? 26 : 20, Math.floor(2 * room / Math.max(count, 1)) / 2));
		this.#rows = [];
		let y = AXIS;
		for (const [name, events] of this.#model.bands) {
			this.#rows.push({ y, height: BAND, band: name, events });
			y += BAND;
		}
		for (const [group, lanes] of this.#model.groups) {
			if (group) {
				this.#rows.push({ y, height: HEAD, head: group });
				y += HEAD;
			}
			for (const lane of lanes) {
				this.#rows.push({ y, height: this.#laneHeight, lane });
				y += this.#laneHeight;
			}
			y += 6;
		}
		if (y !== this.#height) {
			this.#height = y;
			this.#box.querySelector('.spacer').style.height = `${y}px`;
			this.#box.style.height = `${Math.min(y, TALLEST)}px`;
		}
	}

	#paintLanes(width, plot) {
		const height = Math.min(this.#height, TALLEST);
		const g = prepare(this.#canvas, width, height);
		const top = this.#box.scrollTop;
		this.painted = [];
		this.#axis(g, plot, height);
		g.save();
		g.beginPath();
		g.rect(0, AXIS, width, height - AXIS);
		g.clip();
		g.translate(0, -top);
		for (const row of this.#rows) {
			if (row.y + row.height >= top && row.y <= top + height) {
				this.#row(g, plot, row, top);
			}
		}
		this.#marks(g, plot, top, height);
		g.restore();
		if (this.#cursor !== null) {
			g.fillStyle = this.#colors.soft;
			g.fillRect(Math.round(plot.x(this.#cursor)), AXIS, 1, height - AXIS);
		}
	}

	#axis(g, plot, height) {
		const step = niceStep(plot.now, (plot.right - plot.left) / 90);
		g.font = font(11);
		g.textBaseline = 'middle';
		g.textAlign = 'center';
		for (let at = 0; at <= plot.now; at += step) {
			const x = Math.round(plot.x(at));
			g.fillStyle = this.#colors.grid;
			g.fillRect(x, AXIS - 4, 1, height);
			g.fillStyle = this.#colors.soft;
			if (x < plot.right - 16 || at === 0) {
				g.fillText(tick(at, step), Math.max(x, plot.left + 4), 10);
			}
		}
		g.textAlign = 'left';
	}

	#row(g, plot, row, top) {
		if (row.band) {
			this.#band(g, plot, row);
		}
		else if (row.head) {
			g.font = font(12, 600);
			g.fillStyle = this.#colors.ink;
			g.fillText(row.head, 2, row.y + HEAD / 2 + 2);
		}
		else {
			this.#lane(g, plot, row, top);
		}
	}

	#lane(g, plot, row, top) {
		const { lane, y } = row;
		const height = row.height;
		if (lane.number === this.#selected) {
			g.fillStyle = this.#colors.sunken;
			g.fillRect(0, y, plot.right + RIGHT, height);
		}
		if (height >= 9) {
			g.font = font(height >= 18 ? 12 : Math.min(height, 10.5));
			g.fillStyle = this.#colors.soft;
			g.fillText(fit(g, lane.name, plot.left - 14), 2, y + height / 2 + 1);
		}
		this.#dues(g, plot, row);
		for (const segment of segments(lane, plot.now)) {
			const x = plot.x(segment.from);
			const w = Math.max(plot.x(segment.to) - x, 1.5);
			const label = this.#labelOf(g, segment, w, height);
			const thick = { queued: .22, waiting: label ? .72 : .5, running: .72 }[segment.state] * height;
			const h = Math.max(thick, height > 6 ? 2 : Math.min(height, segment.state === 'queued' ? 1 : 1.5));
			const color = segment.state !== 'running' && segment.outcome === 'done' ? segment.state : segment.outcome ?? segment.state;
			g.fillStyle = this.#colors[color];
			g.globalAlpha = label && segment.state === 'waiting' ? .3 : 1;
			g.beginPath();
			g.roundRect(x, y + (height - h) / 2, w, h, Math.min(3, h / 2, w / 2));
			g.fill();
			g.globalAlpha = 1;
			if (label) {
				g.fillStyle = segment.state === 'waiting' ? this.#colors.ink : this.#colors.surface;
				g.fillText(label, x + (w - g.measureText(label).width) / 2, y + height / 2 + .5);
			}
			this.painted.push({ lane: lane.number, name: lane.name, group: lane.group, state: segment.state, outcome: segment.outcome, label, x, y: y - top + (height - h) / 2, w, h });
		}
		const last = lane.changes.at(-1);
		if (height >= 18 && (last.state === 'failed' || last.state === 'cancelled')) {
			g.font = font(12, 700);
			g.fillStyle = this.#colors[last.state];
			g.fillText(last.state === 'failed' ? '✗' : '⊘', Math.min(plot.x(last.at) + 4, plot.right - 8), y + height / 2 + 1);
		}
	}

	/** What a piece is about, if there is room to write it. */
	#labelOf(g, segment, width, height) {
		// of a wait, only how long it is: what it is for is seen by its colour
		if (height < 15 || segment.state === 'queued' || !segment.detail || (segment.state === 'waiting' && !/\d/.test(segment.detail))) {
			return null;
		}
		g.font = font(10.5, 550);
		const fits = (text) => g.measureText(text).width < width - 8;
		return [segment.detail, segment.detail.split(' ').at(-1)].find((text, i) => fits(text) && (i === 0 || /^\d+$/.test(text))) ?? null;
	}

	/** The time that a task was given: a frame, as long as the time, that its pieces fill. */
	#dues(g, plot, row) {
		const inset = row.height > 10 ? 1.5 : .5;
		for (const due of this.#model.dues.get(row.lane.number) ?? []) {
			const x = plot.x(due.at);
			const w = plot.x(due.due) - x;
			g.fillStyle = this.#colors.sunken;
			g.strokeStyle = this.#colors.soft;
			g.lineWidth = 1;
			g.beginPath();
			g.roundRect(x + .5, row.y + inset, Math.max(w - 1, 1), row.height - 2 * inset, Math.min(4, row.height / 3));
			g.fill();
			g.setLineDash([3, 3]);
			g.stroke();
			g.setLineDash([]);
			if (due.due <= plot.now) {
				g.fillStyle = this.#colors.ink;
				g.fillRect(x + w - 1, row.y, 2, row.height);
			}
		}
	}

	#band(g, plot, row) {
		this.painted.push(...row.events.map((event) => ({ band: row.band, state: event.state, x: plot.x(event.at) })));
		const tones = { good: 'done', warn: 'waiting', bad: 'failed', neutral: 'queued' };
		g.font = font(12, 600);
		g.fillStyle = this.#colors.ink;
		g.fillText(fit(g, row.band, plot.left - 14), 2, row.y + BAND / 2);
		row.events.forEach((event, i) => {
			const x = plot.x(event.at);
			const w = (row.events[i + 1] ? plot.x(row.events[i + 1].at) : plot.right) - x;
			g.fillStyle = this.#colors[tones[event.tone]] ?? this.#colors.queued;
			g.globalAlpha = .28;
			g.fillRect(x, row.y + 2, w, BAND - 4);
			g.globalAlpha = 1;
			g.fillRect(x, row.y + 2, 2, BAND - 4);
			g.fillStyle = this.#colors.ink;
			g.font = font(11);
			if (g.measureText(event.state).width < w - 10) {
				g.fillText(event.state, x + 7, row.y + BAND / 2);
			}
		});
	}

	#marks(g, plot, top, height) {
		const below = top + AXIS + Math.max(0, this.#model.bands.size * BAND - top);
		const rows = new Map(this.#rows.filter((row) => row.lane).map((row) => [row.lane.number, row]));
		const kinds = this.#model.markKinds;
		for (const mark of this.#model.marks) {
			const x = plot.x(mark.at);
			const row = rows.get(mark.lane);
			g.fillStyle = this.#colors.ink;
			if (row) {
				g.strokeStyle = this.#colors.surface;
				g.lineWidth = 1.5;
				symbol(g, kinds.indexOf(mark.name), x, row.y + row.height / 2, Math.min(4, row.height / 2.4));
			}
			else if (mark.lane === undefined) {
				g.globalAlpha = .5;
				g.fillRect(x, top + AXIS, 1, height);
				g.globalAlpha = 1;
				g.font = font(11);
				g.fillText(mark.name, Math.min(x + 4, plot.right - g.measureText(mark.name).width), below + 8);
			}
		}
	}

	/** The values of all charts where the cursor is, in words. */
	#readings() {
		const lines = [];
		for (const chart of this.#model.charts) {
			for (const series of chart.series.values()) {
				const value = valueAt(series, this.#cursor);
				if (value !== null) {
					lines.push(`${chart.series.size > 1 ? `${chart.name}, ` : ''}${series.name}: ${number(value)}`);
				}
			}
		}
		for (const [name, events] of this.#model.bands) {
			const state = events.findLast((event) => event.at <= this.#cursor);
			if (state) {
				lines.push(`${name}: ${state.state}`);
			}
		}
		return lines;
	}

	/** Tells the time that the pointer is at, in lanes and charts alike. */
	#cross(event) {
		this.#cursor = this.#plot ? this.#plot.at(event.clientX - this.#box.getBoundingClientRect().left) : null;
		this.draw();
	}

	#point(event) {
		this.#cross(event);
		const box = this.#box.getBoundingClientRect();
		const y = event.clientY - box.top + this.#box.scrollTop;
		const row = event.clientY - box.top > AXIS && this.#rows.find((candidate) => candidate.lane && y >= candidate.y && y < candidate.y + candidate.height);
		this.#select(row ? row.lane : null, event.clientX, event.clientY);
	}

	#key(event) {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
		if (move && this.#plot) {
			event.preventDefault();
			this.#moveCursor(move * (event.shiftKey ? .005 : .02));
		}
		if (!step) {
			return;
		}
		event.preventDefault();
		const rows = this.#rows.filter((row) => row.lane);
		const index = rows.findIndex((row) => row.lane.number === this.#selected);
		const row = rows[Math.max(0, Math.min(rows.length - 1, index + step))];
		if (row) {
			const box = this.#box;
			if (row.y - AXIS < box.scrollTop) {
				box.scrollTop = row.y - AXIS;
			}
			else if (row.y + row.height > box.scrollTop + box.clientHeight) {
				box.scrollTop = row.y + row.height - box.clientHeight;
			}
			const place = box.getBoundingClientRect();
			this.#select(row.lane, place.left + 150, place.top + row.y - box.scrollTop + row.height);
			this.draw();
		}
	}

	/** Moves the cursor by a share of the time axis, and says what is there. */
	#moveCursor(share) {
		const { now } = this.#plot;
		this.#cursor = this.#cursor === null ? 0 : Math.max(0, Math.min(this.#cursor + share * now, now));
		const heading = document.createElement('b');
		heading.textContent = `at ${ms(this.#cursor)} ms`;
		const place = this.#box.getBoundingClientRect();
		this.#selected = -1;
		this.#show(heading, this.#readings(), place.left + this.#plot.x(this.#cursor), Math.min(place.bottom, innerHeight - 120));
		this.draw();
	}

	#show(heading, lines, x, y) {
		this.#tip.hidden = false;
		this.#tip.replaceChildren(heading, lines.filter(Boolean).join('\n'));
		this.#tip.style.left = `${Math.min(x + 14, innerWidth - this.#tip.offsetWidth - 8)}px`;
		this.#tip.style.top = `${Math.min(y + 14, innerHeight - this.#tip.offsetHeight - 8)}px`;
	}

	#select(lane, x, y) {
		this.#selected = lane ? lane.number : -1;
		this.#tip.hidden = !lane;
		if (lane) {
			const sums = totals(lane, this.#model.now);
			const name = document.createElement('b');
			name.textContent = `${lane.name} · ${lane.state}`;
			const marks = this.#model.marks.filter((mark) => mark.lane === lane.number);
			const given = this.#model.dues.get(lane.number)?.map((due) => `given ${ms(due.due - due.at)} ms`) ?? [];
			const lines = [
				sums.thread && `thread ${sums.thread}`,
				['queued', 'waiting', 'running'].filter((state) => sums[state] > 0).map((state) => `${state} ${ms(sums[state])} ms`).join(' · '),
				`from ${ms(sums.from)} to ${ms(sums.to)} ms`,
				...given,
				...pieces(lane),
				...marks.slice(0, 6).map((mark) => `${mark.name} at ${ms(mark.at)} ms`),
				sums.detail,
			];
			this.#show(name, lines, x, y);
		}
	}

	#leave() {
		this.#cursor = null;
		this.#select(null);
		this.draw();
	}

}

/** The pieces of a lane that has more than one, in words. */
function pieces(lane) {
	const done = segments(lane, 0).filter((segment) => segment.detail && segment.state !== 'queued');
	return done.length > 1 && done.length <= 12 ? done.map((segment) => `${segment.detail}: ${ms(segment.to - segment.from)} ms ${segment.outcome ?? segment.state}`) : [];
}
