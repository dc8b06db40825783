// Draws how a number went over the last minutes, no larger than a word. Its colours are those of the style sheet.

import { number, svg } from './element.js';

const WIDTH = 300;
const HEIGHT = 40;
const STRIP = 3;

export class Sparkline {

	element = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', class: 'spark' });
	#name;

	constructor(name) {
		this.#name = name;
	}

	/** Draws samples: each with a time, a value or null, and the tone that it was read in. */
	draw(samples, { from, to, limit, unit }) {
		const known = samples.filter((sample) => sample.value !== null);
		const most = Math.max(...known.map((sample) => sample.value), 0);
		// a limit far above is out of sight
		const inSight = limit !== undefined && limit <= 4 * most;
		const top = Math.max(most, inSight ? limit : 0, 1) * 1.08;
		const x = (at) => (WIDTH * (at - from) / (to - from)).toFixed(1);
		const y = (value) => ((HEIGHT - STRIP) * (1 - value / top)).toFixed(1);
		const parts = [svg('line', { class: 'floor', x1: 0, x2: WIDTH, y1: HEIGHT - STRIP, y2: HEIGHT - STRIP })];
		for (const piece of pieces(samples)) {
			const line = piece.map((sample) => `${x(sample.at)},${y(sample.value)}`).join(' ');
			parts.push(svg('polygon', { class: 'area', points: `${x(piece[0].at)},${y(0)} ${line} ${x(piece.at(-1).at)},${y(0)}` }),
				svg('polyline', { class: 'line', points: line }));
		}
		if (inSight) {
			parts.push(svg('line', { class: 'limit', x1: 0, x2: WIDTH, y1: y(limit), y2: y(limit) }));
		}
		parts.push(...strip(samples, x, to));
		this.element.replaceChildren(...parts);
		this.element.setAttribute('aria-label', `${this.#name}: now ${known.length > 0 ? number(known.at(-1).value) : 'unknown'}${unit}, at most ${number(most)}${unit}`);
	}

}

/** Samples in a row, without those that could not be read. */
function pieces(samples) {
	const result = [];
	let piece = null;
	for (const sample of samples) {
		if (sample.value === null) {
			piece = null;
		}
		else if (piece) {
			piece.push(sample);
		}
		else {
			piece = [sample];
			result.push(piece);
		}
	}
	return result;
}

/** Beneath: when something was wrong. */
function strip(samples, x, to) {
	return samples.flatMap((sample, i) => sample.tone === 'warn' || sample.tone === 'bad'
		? [svg('rect', { class: sample.tone, x: x(sample.at), y: HEIGHT - STRIP, width: Math.max(x(samples[i + 1]?.at ?? to) - x(sample.at), 1.5), height: STRIP })] : []);
}
