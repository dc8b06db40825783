// Shows what a run measured.

import { distribution } from './distribution.js';
import { element, number } from './element.js';

const measure = (figure) => `${number(figure.value)}${figure.unit ? ` ${figure.unit}` : ''}`;

export function showResult(result, parts) {
	parts.headline.textContent = result.headline;
	parts.proofs.replaceChildren(...result.proofs.map((proof) => element('li', { className: proof.ok ? 'kept' : 'broken' },
		element('b', { textContent: proof.claim }), element('span', { textContent: proof.measured }))));
	parts.distributions.replaceChildren(...result.distributions.map(distribution));
	parts.figures.replaceChildren(...scales(result.figures).map(bars), stats(result.figures.filter((figure) => !figure.scale)));
	parts.tables.replaceChildren(...result.tables.map(table));
}

function scales(figures) {
	const scales = new Map();
	for (const figure of figures.filter((candidate) => candidate.scale)) {
		scales.set(figure.scale, [...scales.get(figure.scale) ?? [], figure]);
	}
	return [...scales.values()];
}

function bars(figures) {
	const max = Math.max(...figures.map((figure) => figure.value)) || 1;
	return element('div', { className: 'bars' }, ...figures.flatMap((figure) => {
		const bar = element('i');
		bar.style.width = `${100 * figure.value / max}%`;
		return [element('span', { textContent: figure.name }), element('span', { className: 'bar' }, bar), element('b', { textContent: measure(figure) })];
	}));
}

function stats(figures) {
	return element('dl', { className: 'stats', hidden: figures.length === 0 }, ...figures.map((figure) => element('div', {},
		element('dd', {}, number(figure.value), ' ', element('small', { textContent: figure.unit })),
		element('dt', { textContent: figure.name }))));
}

function table(data) {
	const cell = (name, value) => element(name, { textContent: value, className: typeof value === 'number' ? 'n' : name === 'td' ? 'mono' : '' });
	const head = data.columns.map((column, i) => element('th', { textContent: column, className: typeof data.rows[0]?.[i] === 'number' ? 'n' : '' }));
	const made = element('table', {}, element('caption', { textContent: data.title }), element('thead', {}, element('tr', {}, ...head)),
		element('tbody', {}, ...data.rows.map((row) => element('tr', {}, ...row.map((value) => cell('td', value))))));
	return element('div', { className: 'scroll' }, made);
}
