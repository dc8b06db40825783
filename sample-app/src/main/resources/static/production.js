// The page for those who operate: reads the endpoints once a second while it is visible, and draws the last minutes.

import { read } from './api.js';
import { element, number } from './element.js';
import { findings, seconds, sections, tasks } from './gauges.js';
import { Sparkline } from './sparkline.js';

const $ = (id) => document.getElementById(id);

const EVERY = 1000;
const KEPT = 300;
const AT_LEAST = 60_000;
const ROWS = 12;

const tiles = new Map();
let shown = '';
let loop = 0;
let began = null;

/** Reads until another loop begins or none is wanted. */
async function run(mine) {
	while (loop === mine) {
		const at = performance.now();
		await poll(at);
		await new Promise((resolve) => { setTimeout(resolve, at + EVERY - performance.now()); });
	}
}

async function poll(at) {
	began ??= at;
	try {
		const [overview, live] = await Promise.all([read('/actuator/async'), read('/actuator/asynctasks')]);
		show([...sections(overview), tasks(live)], at);
		showLive(live.tasks);
		showFound(findings(overview));
		$('problem').hidden = true;
	}
	catch (error) {
		tiles.forEach((tile) => tile.lost(at));
		$('problem').replaceChildren(element('b', { textContent: error.title ?? 'Something went wrong' }), error.message);
		$('problem').hidden = false;
	}
}

/** A thing with its gauges. */
class Tile {

	#chip = element('span', { className: 'chip' });
	#gauges = new Map();

	constructor(id, { name, noun }) {
		this.element = element('article', { id, className: 'tile' }, element('header', {}, element('h3', {}, name, element('small', { textContent: noun })), this.#chip));
	}

	show(thing, at) {
		this.element.className = `tile ${thing.state.tone}`;
		this.#chip.className = `chip ${thing.state.tone}`;
		this.#chip.textContent = thing.state.word;
		for (const gauge of thing.gauges) {
			if (!this.#gauges.has(gauge.name)) {
				this.#gauges.set(gauge.name, new Gauge(gauge.name));
				this.element.append(this.#gauges.get(gauge.name).element);
			}
			this.#gauges.get(gauge.name).show(gauge, thing.state.tone, at);
		}
	}

	lost(at) {
		this.#gauges.forEach((gauge) => gauge.lost(at));
	}

}

/** A number now, and how it went. */
class Gauge {

	#samples = [];
	#spark;
	#value = element('b');
	#last = null;

	constructor(name) {
		this.#spark = new Sparkline(name);
		this.element = element('div', { className: 'gauge' }, element('span', { textContent: name }), this.#spark.element, this.#value);
	}

	show({ value, total, limit, unit = '' }, tone, at) {
		const now = total === undefined ? value : this.#rate(total, at);
		this.#add({ at, value: now ?? null, tone });
		const of = limit === undefined || limit >= 2 ** 31 - 1 ? '' : ` of ${number(limit)}`;
		this.#value.replaceChildren(now === null || now === undefined ? '–' : number(Math.round(now * 10) / 10), element('small', { textContent: `${unit}${of}` }));
		this.#spark.draw(this.#samples, { from: Math.min(Math.max(began, this.#samples[0].at), at - AT_LEAST), to: at, limit, unit });
	}

	/** How often a second something that is counted happened since it was read last. */
	#rate(total, at) {
		const last = this.#last;
		this.#last = { total, at };
		return last ? Math.max(0, (total - last.total) / ((at - last.at) / 1000)) : null;
	}

	lost(at) {
		this.#last = null;
		this.#add({ at, value: null, tone: 'neutral' });
	}

	#add(sample) {
		this.#samples.push(sample);
		if (this.#samples.length > KEPT) {
			this.#samples.shift();
		}
	}

}

function show(all, at) {
	const layout = JSON.stringify(all.map((section) => [section.title, section.tiles.map(idOf)]));
	for (const section of all) {
		for (const thing of section.tiles) {
			const id = idOf(thing);
			if (!tiles.has(id)) {
				tiles.set(id, new Tile(id, thing));
			}
			tiles.get(id).show(thing, at);
		}
	}
	if (layout !== shown) {
		shown = layout;
		$('sections').replaceChildren(...all.map((section) => element('section', {}, element('h2', { textContent: section.title }),
			element('div', { className: 'tiles' }, ...section.tiles.map((thing) => tiles.get(idOf(thing)).element)))));
	}
	showGlance(all);
}

const idOf = (thing) => `${thing.noun} ${thing.name}`.trim().toLowerCase().replace(/[^a-z0-9]+/g, '-');

/** What is wrong, at a glance. Told anew only if it has changed. */
function showGlance(all) {
	const wrong = all.flatMap((section) => section.tiles.filter((thing) => ['warn', 'bad'].includes(thing.state.tone)));
	wrong.sort((one, other) => one.state.tone.localeCompare(other.state.tone));
	const items = wrong.map((thing) => element('li', {}, `${thing.noun} `.trimStart(),
		element('a', { href: `#${idOf(thing)}`, textContent: thing.name }), ': ', element('b', { textContent: thing.state.word })));
	const glance = items.length > 0 ? element('ul', {}, ...items) : element('span', { textContent: 'Nothing is saturated, nothing waits for room, nothing is broken.' });
	if ($('glance').innerHTML !== glance.outerHTML) {
		$('glance').replaceChildren(glance);
		$('glance').className = `glance ${wrong[0]?.state.tone ?? ''}`;
	}
}

const nothing = () => element('tr', {}, element('td', { textContent: 'Nothing', colSpan: 6 }));
const row = (...cells) => element('tr', {}, ...cells.map(([text, className = '']) => element('td', { textContent: text, className })));
const time = (duration) => duration ? `${seconds(duration).toFixed(1)} s` : '';

function showLive(roots) {
	const rows = [];
	const add = (node, depth) => {
		rows.push(row([`${'· '.repeat(depth)}${node.name}`], [node.kind.toLowerCase()], [node.state.toLowerCase()], [time(node.age), 'n'], [time(node.deadlineLeft), 'n'], [node.thread ?? '', 'mono']));
		node.children.forEach((child) => add(child, depth + 1));
	};
	[...roots].sort((one, other) => seconds(other.age) - seconds(one.age)).forEach((root) => add(root, 0));
	const more = rows.length > ROWS ? [row([`${rows.length - ROWS} more`])] : [];
	$('live').replaceChildren(...rows.slice(0, ROWS), ...more, ...rows.length === 0 ? [nothing()] : []);
}

function showFound(all) {
	$('found').replaceChildren(...all.slice(0, ROWS).map((finding) => row([new Date(finding.at).toLocaleTimeString('en-GB')], [finding.name],
		[`${number(finding.durationMillis)} ms${finding.ongoing ? ', and on' : ''}`, 'n'], [finding.cause || finding.detail, 'mono'])), ...all.length === 0 ? [nothing()] : []);
}

function goOn() {
	loop++;
	if (!document.hidden && $('pause').getAttribute('aria-pressed') === 'false') {
		run(loop);
	}
	else {
		tiles.forEach((tile) => tile.lost(performance.now()));
	}
}

$('pause').addEventListener('click', () => {
	$('pause').setAttribute('aria-pressed', $('pause').getAttribute('aria-pressed') === 'false');
	goOn();
});
document.addEventListener('visibilitychange', goOn);
goOn();
