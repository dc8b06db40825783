// Draws a run: a lane for each task, charts below on the same time axis. Only the visible lanes are drawn.

import { ms, segments, totals } from './model.js';

const AXIS = 26;
const HEAD = 26;
const BAND = 22;
const CHART = 64;
const RIGHT = 14;
const TALLEST = 640;

export class Timeline {

	#box;
	#canvas;
	#gauges;
	#tip;
	#model = null;
	#rows = [];
	#height = 0;
	#laneHeight = 20;
	#selected = -1;
	#pointer = null;
	#frame = 0;
	#colors = {};

	/** What was painted last: one rectangle for each piece of a visible lane. */
	painted = [];

	constructor(box, gauges, tip) {
		this.#box = box;
		this.#canvas = box.querySelector('canvas');
		this.#gauges = gauges;
		this.#tip = tip;
		box.addEventListener('scroll', () => this.draw());
		box.addEventListener('pointermove', (event) => this.#point(event));
		box.addEventListener('pointerleave', () => this.#leave());
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
		this.#paintLanes(width, plot);
		this.#paintCharts(width, plot);
	}

	#layOut() {
		const count = this.#model.lanes.length;
		const heads = [...this.#model.groups.keys()].filter(Boolean).length;
		const room = TALLEST - AXIS - heads * HEAD - this.#model.groups.size * 6 - this.#model.bands.size * BAND;
		// all of them in view, as long as they can be told apart
		this.#laneHeight = Math.max(2, Math.min(20, Math.floor(2 * room / Math.max(count, 1)) / 2));
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
		if (this.#pointer) {
			g.fillStyle = this.#colors.soft;
			g.fillRect(this.#pointer.x, AXIS, 1, height - AXIS);
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
		for (const segment of segments(lane, plot.now)) {
			const x = plot.x(segment.from);
			const w = Math.max(plot.x(segment.to) - x, 1.5);
			const thick = { queued: .22, waiting: .5, running: .72 }[segment.state] * height;
			const h = Math.max(thick, height > 6 ? 2 : Math.min(height, segment.state === 'queued' ? 1 : 1.5));
			const color = segment.state === 'queued' && segment.outcome === 'done' ? 'queued' : segment.outcome ?? segment.state;
			g.fillStyle = this.#colors[color];
			g.beginPath();
			g.roundRect(x, y + (height - h) / 2, w, h, Math.min(3, h / 2, w / 2));
			g.fill();
			this.painted.push({ lane: lane.number, name: lane.name, group: lane.group, state: segment.state, outcome: segment.outcome, x, y: y - top + (height - h) / 2, w, h });
		}
		const last = lane.changes.at(-1);
		if (height >= 18 && (last.state === 'failed' || last.state === 'cancelled')) {
			g.font = font(12, 700);
			g.fillStyle = this.#colors[last.state];
			g.fillText(last.state === 'failed' ? '✗' : '⊘', Math.min(plot.x(last.at) + 4, plot.right - 8), y + height / 2 + 1);
		}
	}

	#band(g, plot, row) {
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
		for (const mark of this.#model.marks) {
			const x = plot.x(mark.at);
			const row = rows.get(mark.lane);
			g.fillStyle = this.#colors.ink;
			if (row) {
				g.beginPath();
				g.arc(x, row.y + row.height / 2, Math.min(4, row.height / 2.4), 0, Math.PI * 2);
				g.fill();
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

	#paintCharts(width, plot) {
		const charts = this.#model.charts;
		this.#gauges.hidden = charts.length === 0;
		if (charts.length === 0) {
			return;
		}
		const g = prepare(this.#gauges, width, charts.length * CHART);
		charts.forEach((chart, i) => this.#chart(g, plot, chart, i * CHART));
	}

	#chart(g, plot, chart, top) {
		const bottom = top + CHART - 10;
		const y = (value) => bottom - (CHART - 22) * value / (chart.max * 1.08 || 1);
		g.textBaseline = 'middle';
		g.font = font(11.5);
		g.fillStyle = this.#colors.soft;
		wrap(g, chart.name, plot.left - 16, 2).forEach((line, i) => g.fillText(line, 2, top + 16 + i * 13));
		g.font = font(12, 600);
		g.fillStyle = this.#colors.ink;
		g.fillText(`max ${number(Math.max(0, ...peaks(chart)))}`, 2, bottom - 4);
		g.fillStyle = this.#colors.line;
		g.fillRect(plot.left, bottom, plot.right - plot.left, 1);
		g.beginPath();
		g.moveTo(plot.left, bottom);
		let before = bottom;
		for (const point of chart.points) {
			g.lineTo(plot.x(point.at), before);
			before = y(point.value);
			g.lineTo(plot.x(point.at), before);
		}
		g.lineTo(plot.right, before);
		g.strokeStyle = this.#colors.accent;
		g.lineWidth = 1.5;
		g.stroke();
		g.lineTo(plot.right, bottom);
		g.globalAlpha = .13;
		g.fillStyle = this.#colors.accent;
		g.fill();
		g.globalAlpha = 1;
		if (chart.limit !== null) {
			g.strokeStyle = this.#colors.failed;
			g.setLineDash([4, 4]);
			g.beginPath();
			g.moveTo(plot.left, y(chart.limit));
			g.lineTo(plot.right, y(chart.limit));
			g.stroke();
			g.setLineDash([]);
			g.font = font(11);
			g.textAlign = 'right';
			g.fillStyle = this.#colors.failed;
			g.fillText(`limit ${number(chart.limit)}`, plot.right, y(chart.limit) - 7);
			g.textAlign = 'left';
		}
	}

	#point(event) {
		const box = this.#box.getBoundingClientRect();
		this.#pointer = { x: event.clientX - box.left };
		const y = event.clientY - box.top + this.#box.scrollTop;
		const row = event.clientY - box.top > AXIS && this.#rows.find((candidate) => candidate.lane && y >= candidate.y && y < candidate.y + candidate.height);
		this.#select(row ? row.lane : null, event.clientX, event.clientY);
		this.draw();
	}

	#key(event) {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
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

	#select(lane, x, y) {
		this.#selected = lane ? lane.number : -1;
		this.#tip.hidden = !lane;
		if (lane) {
			const sums = totals(lane, this.#model.now);
			const name = document.createElement('b');
			name.textContent = `${lane.name} · ${lane.state}`;
			const lines = [
				sums.thread && `thread ${sums.thread}`,
				['queued', 'waiting', 'running'].filter((state) => sums[state] > 0).map((state) => `${state} ${ms(sums[state])} ms`).join(' · '),
				`from ${ms(sums.from)} to ${ms(sums.to)} ms`,
				sums.detail,
			];
			this.#tip.replaceChildren(name, lines.filter(Boolean).join('\n'));
			this.#tip.style.left = `${Math.min(x + 14, innerWidth - this.#tip.offsetWidth - 8)}px`;
			this.#tip.style.top = `${Math.min(y + 14, innerHeight - this.#tip.offsetHeight - 8)}px`;
		}
	}

	#leave() {
		this.#pointer = null;
		this.#select(null);
		this.draw();
	}

}

function prepare(canvas, width, height) {
	const ratio = devicePixelRatio || 1;
	if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
		canvas.width = Math.round(width * ratio);
		canvas.height = Math.round(height * ratio);
		canvas.style.height = `${height}px`;
	}
	const g = canvas.getContext('2d');
	g.setTransform(ratio, 0, 0, ratio, 0, 0);
	g.clearRect(0, 0, width, height);
	return g;
}

const font = (size, weight = 450) => `${weight} ${size}px ui-sans-serif, system-ui, "Segoe UI", "Noto Sans", Arial, sans-serif`;

const number = (value) => value.toLocaleString('en', { maximumFractionDigits: 1 });

function* peaks(chart) {
	for (const point of chart.points) {
		yield point.value;
	}
}

function fit(g, text, width) {
	let shown = text;
	while (shown.length > 1 && g.measureText(shown).width > width) {
		shown = `${shown.slice(0, -2).trimEnd()}…`;
	}
	return shown;
}

function wrap(g, text, width, most) {
	const lines = [''];
	for (const word of text.split(' ')) {
		const longer = `${lines.at(-1)} ${word}`.trim();
		if (g.measureText(longer).width <= width || !lines.at(-1)) {
			lines[lines.length - 1] = longer;
		}
		else {
			lines.push(word);
		}
	}
	return lines.length > most ? [...lines.slice(0, most - 1), fit(g, lines.slice(most - 1).join(' '), width)] : lines;
}

function niceStep(span, ticks) {
	const raw = span / Math.max(ticks, 2);
	const power = 10 ** Math.floor(Math.log10(raw));
	return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= raw);
}

function tick(at, step) {
	if (at === 0) {
		return '0';
	}
	return step >= 1_000_000 ? `${number(at / 1_000_000)} s` : `${number(at / 1000)} ms`;
}
