// Draws what a run measured over time: a chart each, or several curves in one, on the time axis of the lanes.

import { font, niceStep, number, prepare, wrap } from './canvas.js';
import { valueAt } from './model.js';

const SERIES = ['accent', 'cancelled', 'waiting', 'running'];

export class Charts {

	#canvas;
	#colors = {};

	constructor(canvas) {
		this.#canvas = canvas;
	}

	paint(model, colors, width, plot, cursor) {
		const charts = model.charts;
		this.#canvas.hidden = charts.length === 0;
		if (charts.length === 0) {
			return;
		}
		this.#colors = colors;
		// the fewer there are, the closer they can be looked at
		const main = model.size > 40 || charts.length > 3 ? 84 : 132;
		const heights = charts.map((chart) => chart.series.size > 1 || model.size < 2 ? main + 30 : charts.length > 2 ? 64 : 80);
		const total = heights.reduce((sum, height) => sum + height);
		const g = prepare(this.#canvas, width, total);
		let top = 0;
		charts.forEach((chart, i) => {
			this.#chart(g, plot, chart, top, heights[i]);
			top += heights[i];
		});
		if (cursor !== null) {
			g.fillStyle = colors.soft;
			g.fillRect(Math.round(plot.x(cursor)), 0, 1, total - 10);
			top = 0;
			charts.forEach((chart, i) => {
				this.#readOut(g, plot, chart, top, heights[i], cursor);
				top += heights[i];
			});
		}
	}

	/** A colour for each series; bounds are drawn as limits are. */
	#colorsOf(chart) {
		let i = 0;
		return [...chart.series.values()].map((series) => this.#colors[series.shape === 'bound' ? 'failed' : SERIES[i++ % SERIES.length]]);
	}

	#scale(chart, top, height) {
		const bottom = top + height - 10;
		return { bottom, y: (value) => bottom - (height - 24) * value / (chart.max * 1.08 || 1) };
	}

	#chart(g, plot, chart, top, height) {
		const { bottom, y } = this.#scale(chart, top, height);
		g.textBaseline = 'middle';
		this.#grid(g, plot, chart, y, height);
		g.fillStyle = this.#colors.line;
		g.fillRect(plot.left, bottom, plot.right - plot.left, 1);
		this.#chartName(g, plot, chart, top, bottom);
		const colors = this.#colorsOf(chart);
		[...chart.series.values()].forEach((series, i) => {
			if (series.shape === 'bound') {
				this.#bound(g, plot, series, y);
			}
			else {
				this.#curve(g, plot, chart, series, y, bottom, colors[i]);
			}
		});
		if (chart.limit !== null) {
			this.#dashed(g, [[plot.left, y(chart.limit)], [plot.right, y(chart.limit)]]);
			this.#boundName(g, `limit ${number(chart.limit)}`, plot.right, y(chart.limit) - 7);
		}
	}

	/** Lines to read values from, where there is room for more than one. */
	#grid(g, plot, chart, y, height) {
		if (height < 110 || chart.max <= 0) {
			return;
		}
		const step = niceStep(chart.max, 4);
		g.font = font(10.5);
		for (let value = step; value <= chart.max; value += step) {
			g.fillStyle = this.#colors.grid;
			g.fillRect(plot.left, Math.round(y(value)), plot.right - plot.left, 1);
			g.fillStyle = this.#colors.soft;
			g.textAlign = 'right';
			g.fillText(number(value), plot.left - 6, y(value));
		}
		g.textAlign = 'left';
	}

	#chartName(g, plot, chart, top, bottom) {
		const room = plot.left - 46;
		g.font = font(11.5, chart.series.size > 1 ? 600 : 450);
		g.fillStyle = chart.series.size > 1 ? this.#colors.ink : this.#colors.soft;
		let y = top + 16;
		for (const line of wrap(g, chart.name, chart.series.size > 1 ? room : plot.left - 16, 2)) {
			g.fillText(line, 2, y);
			y += 13;
		}
		if (chart.series.size === 1) {
			g.font = font(12, 600);
			g.fillStyle = this.#colors.ink;
			g.fillText(`max ${number([...chart.series.values()][0].max)}`, 2, bottom - 4);
			return;
		}
		y += 5;
		const colors = this.#colorsOf(chart);
		[...chart.series.values()].forEach((series, i) => {
			g.font = font(11);
			g.fillStyle = colors[i];
			g.fillRect(2, y - 1, 10, series.shape === 'bound' ? 2 : 3);
			g.fillStyle = this.#colors.soft;
			const lines = wrap(g, series.name, room - 16, 2);
			lines.forEach((line, n) => g.fillText(line, 17, y + n * 12));
			y += 12 * lines.length + 4;
		});
	}

	#curve(g, plot, chart, series, y, bottom, color) {
		const points = series.points;
		if (points.length === 0) {
			return;
		}
		const steps = series.shape === 'steps';
		const start = steps ? plot.left : plot.x(points[0].at);
		g.beginPath();
		g.moveTo(start, steps ? bottom : y(points[0].value));
		let before = bottom;
		for (const point of points) {
			if (steps) {
				g.lineTo(plot.x(point.at), before);
			}
			before = y(point.value);
			g.lineTo(plot.x(point.at), before);
		}
		const end = steps ? plot.right : plot.x(points.at(-1).at);
		g.lineTo(end, before);
		g.strokeStyle = color;
		g.lineWidth = chart.series.size > 1 ? 2 : 1.5;
		g.lineJoin = 'round';
		g.stroke();
		g.lineTo(end, bottom);
		g.lineTo(start, bottom);
		g.globalAlpha = chart.series.size > 1 ? .07 : .12;
		g.fillStyle = color;
		g.fill();
		g.globalAlpha = 1;
	}

	#bound(g, plot, series, y) {
		const points = series.points.map((point) => [plot.x(point.at), y(point.value)]);
		this.#dashed(g, points);
	}

	#dashed(g, points) {
		g.strokeStyle = this.#colors.failed;
		g.lineWidth = 1.5;
		g.setLineDash([4, 4]);
		g.beginPath();
		points.forEach(([x, y], i) => (i === 0 ? g.moveTo(x, y) : g.lineTo(x, y)));
		g.stroke();
		g.setLineDash([]);
	}

	#boundName(g, name, x, y) {
		g.font = font(11);
		g.textAlign = 'right';
		g.fillStyle = this.#colors.failed;
		g.fillText(name, x, y);
		g.textAlign = 'left';
	}

	/** What the chart says where the cursor is. */
	#readOut(g, plot, chart, top, height, cursor) {
		const { y } = this.#scale(chart, top, height);
		const x = plot.x(cursor);
		const colors = this.#colorsOf(chart);
		g.font = font(11.5, 650);
		[...chart.series.values()].forEach((series, i) => {
			const value = valueAt(series, cursor);
			if (value === null) {
				return;
			}
			const text = number(value);
			const width = g.measureText(text).width;
			const left = x + 8 + width > plot.right ? x - 8 - width : x + 8;
			const at = Math.max(y(value) - 8, top + 10);
			g.fillStyle = colors[i];
			g.beginPath();
			g.arc(x + .5, y(value), 3, 0, Math.PI * 2);
			g.fill();
			g.strokeStyle = this.#colors.surface;
			g.lineWidth = 4;
			g.lineJoin = 'round';
			g.strokeText(text, left, at);
			g.fillText(text, left, at);
		});
	}

}
