// Draws how measurements are spread: a row of bars for each series, all on one axis, percentiles marked.

import { element, number, svg } from './element.js';

const WIDTH = 1000;
const HEIGHT = 66;

export function distribution(data) {
	const rows = data.series.map((series) => row(data, series));
	const ends = element('div', { className: 'ends' }, element('span', { textContent: `${number(data.from)} ${data.unit}` }),
		element('span', { textContent: `${number(data.from + data.width * data.series[0].counts.length)} ${data.unit}` }));
	return element('figure', { className: 'distribution' }, element('figcaption', { textContent: data.title }), ...rows, ends);
}

function row(data, series) {
	const bins = series.counts.length;
	const most = Math.max(...series.counts, 1);
	const x = (value) => WIDTH * (value - data.from) / (data.width * bins);
	const bars = series.counts.map((count, i) => {
		// one measurement far out is what it is about: it must be seen
		const height = count === 0 ? 0 : Math.max(HEIGHT * count / most, 3);
		const bar = svg('rect', { x: i * WIDTH / bins + .5, y: HEIGHT - height, width: WIDTH / bins - 1, height });
		bar.append(svg('title', {}, `${number(data.from + i * data.width)}–${number(data.from + (i + 1) * data.width)} ${data.unit}: ${count}`));
		return bar;
	});
	const marks = series.marks.map((mark) => svg('line', { x1: x(mark.value), x2: x(mark.value), y1: 0, y2: HEIGHT }));
	const names = series.marks.map((mark) => {
		const name = element('span', { textContent: `${mark.name} ${Math.round(mark.value)} ${data.unit}` });
		const share = x(mark.value) / WIDTH;
		name.style.left = `${100 * Math.min(share, 1)}%`;
		name.className = share > .8 ? 'left' : '';
		return name;
	});
	const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img',
		'aria-label': `${series.name}: ${series.marks.map((mark) => `${mark.name} ${number(mark.value)} ${data.unit}`).join(', ')}` }, ...bars, ...marks);
	return element('div', { className: 'series' }, element('b', { textContent: series.name }), element('div', { className: 'spread' }, picture, element('div', { className: 'names' }, ...names)));
}
