// The page: a list of patterns, the chosen one, its runs.

import { Problem, getPattern, getRun, listPatterns, startRun, stopRun, watch } from './api.js';
import { showJava, showPython, showYaml } from './code.js';
import { RunModel, ms, totals } from './model.js';
import { showResult } from './result.js';
import { Timeline } from './timeline.js';

const $ = (id) => document.getElementById(id);

const timeline = new Timeline($('lanes'), $('gauges'), $('tip'));
$('lanes').timeline = timeline;

let pattern = null;
let run = null;
let model = null;
let unwatch = () => {};

async function start() {
	try {
		showCatalog(await listPatterns());
		await follow();
	}
	catch (error) {
		showProblem(error);
	}
}

function showCatalog(patterns) {
	const groups = new Map();
	for (const entry of patterns) {
		const list = groups.get(entry.group.letter) ?? { title: entry.group.title, entries: [] };
		list.entries.push(entry);
		groups.set(entry.group.letter, list);
	}
	$('catalog').replaceChildren(...[...groups].map(([letter, { title, entries }]) => {
		const section = document.createElement('section');
		const heading = document.createElement('h2');
		const mark = document.createElement('b');
		mark.textContent = letter;
		heading.append(mark, title);
		const list = document.createElement('ul');
		list.append(...entries.map((entry) => {
			const item = document.createElement('li');
			const link = document.createElement('a');
			const id = document.createElement('code');
			id.textContent = entry.id;
			link.href = `#${entry.id}`;
			link.append(id, entry.title);
			item.append(link);
			return item;
		}));
		section.append(heading, list);
		return section;
	}));
}

/** Shows what the address asks for: #B1, or one run of it: #B1/0c1f2e3d. */
async function follow() {
	const first = document.querySelector('.catalog a')?.hash.slice(1);
	const [id, runId] = (location.hash.slice(1) || first || '').split('/');
	if (!id || id === 'main' || (run && runId === run.id)) {
		return;
	}
	hideProblem();
	try {
		if (pattern?.id !== id || runId !== run?.id) {
			showPattern(await getPattern(id));
		}
		if (runId) {
			watchRun(await getRun(id, runId));
		}
	}
	catch (error) {
		showProblem(error);
	}
}

function showPattern(chosen) {
	unwatch();
	pattern = chosen;
	run = null;
	model = null;
	document.title = `${chosen.id} ${chosen.title} · Async gallery`;
	for (const link of document.querySelectorAll('.catalog a')) {
		link.toggleAttribute('aria-current', link.hash === `#${chosen.id}`);
		if (link.hash === `#${chosen.id}`) {
			link.setAttribute('aria-current', 'page');
			link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
		}
	}
	$('id').textContent = chosen.id;
	$('group').textContent = chosen.group.title;
	$('title').textContent = chosen.title;
	$('summary').textContent = chosen.summary;
	$('use').textContent = lowerFirst(chosen.useWhen);
	$('asyncio-name').textContent = chosen.asyncio.name;
	showPython($('asyncio'), chosen.asyncio.code);
	$('java-name').textContent = chosen.source.file;
	$('docs').href = chosen.docs;
	$('configuration').hidden = !chosen.yaml;
	showYaml($('yaml'), chosen.yaml ?? '');
	showSource(false);
	showFields(chosen.parameters);
	clearRun();
	$('pattern').hidden = false;
}

const lowerFirst = (text) => /^[A-Z][a-z ]/.test(text) ? text[0].toLowerCase() + text.slice(1) : text;

function showSource(whole) {
	$('whole').setAttribute('aria-pressed', whole);
	showJava($('java'), whole ? pattern.source.full : pattern.source.code);
}

function showFields(parameters) {
	$('fields').replaceChildren(...parameters.map((parameter) => {
		const field = document.createElement('div');
		field.className = 'field';
		const label = document.createElement('label');
		label.textContent = parameter.name;
		label.htmlFor = `p-${parameter.name}`;
		const value = document.createElement('span');
		value.className = 'value';
		const input = inputOf(parameter);
		input.id = label.htmlFor;
		input.name = parameter.name;
		input.setAttribute('aria-describedby', `d-${parameter.name}`);
		value.append(input, parameter.unit ?? '');
		const description = document.createElement('small');
		description.id = `d-${parameter.name}`;
		description.textContent = describe(parameter);
		field.append(label, value, description);
		return field;
	}));
	showCurl();
}

const describe = (parameter) => parameter.type === 'number'
	? `${parameter.description} (${parameter.min.toLocaleString('en')}–${parameter.max.toLocaleString('en')})` : parameter.description;

function inputOf(parameter) {
	if (parameter.type === 'choice') {
		const select = document.createElement('select');
		select.append(...parameter.choices.map((choice) => new Option(choice, choice)));
		return select;
	}
	const input = document.createElement('input');
	if (parameter.type === 'flag') {
		input.type = 'checkbox';
		input.checked = parameter.default;
	}
	else {
		input.type = 'number';
		input.min = parameter.min;
		input.max = parameter.max;
		input.value = parameter.default;
	}
	return input;
}

/** What differs from the defaults. The server checks it. */
function parameters() {
	const given = {};
	for (const parameter of pattern.parameters) {
		const input = $('form').elements[parameter.name];
		const value = parameter.type === 'flag' ? input.checked
			: parameter.type === 'number' && input.value !== '' && !Number.isNaN(input.valueAsNumber) ? input.valueAsNumber : input.value;
		if (value !== parameter.default) {
			given[parameter.name] = value;
		}
	}
	return given;
}

function showCurl() {
	const given = parameters();
	const url = `${location.origin}/patterns/${pattern.id}/runs`;
	$('curl').textContent = Object.keys(given).length > 0 ? `curl ${url} -d '${JSON.stringify(given)}'` : `curl -X POST ${url}`;
}

async function startClicked(event) {
	event.preventDefault();
	hideProblem();
	$('run').disabled = true;
	try {
		const started = await startRun(pattern.id, parameters());
		history.replaceState(null, '', `#${pattern.id}/${started.id}`);
		watchRun(started);
	}
	catch (error) {
		$('run').disabled = false;
		showProblem(error);
	}
}

function watchRun(started) {
	unwatch();
	clearRun();
	run = started;
	model = new RunModel();
	const watched = model;
	$('run').disabled = true;
	$('stop').hidden = false;
	$('empty').hidden = true;
	$('plot').hidden = false;
	timeline.show(model);
	unwatch = watch(started, (event) => {
		if (watched === model) {
			model.add(event);
			changed(event);
		}
	}, () => showProblem(new Problem('Connection lost', 'The events of this run can no longer be read.')));
	timeline.draw();
}

function changed(event) {
	timeline.draw();
	if (event.kind === 'note') {
		$('note').textContent = event.text;
		$('note').hidden = false;
	}
	if (event.kind === 'item') {
		showItem(event);
	}
	if (event.kind === 'end') {
		ended(event);
	}
	else {
		statusSoon();
	}
}

function showItem(event) {
	const item = document.createElement('li');
	const time = document.createElement('time');
	time.textContent = `${ms(event.at)} ms`;
	item.append(time, event.text);
	$('items').append(item);
	$('items').hidden = false;
}

let statusPending = 0;

function statusSoon() {
	statusPending ||= setTimeout(() => {
		statusPending = 0;
		showStatus();
	}, 100);
}

const STATES = ['queued', 'running', 'waiting', 'done', 'failed', 'cancelled'];

/** Explains the colours and marks that can be seen. */
function showLegend() {
	const states = STATES.filter((state) => model.seen.has(state) && (state !== 'running' || model.counts.running > 0));
	const items = [...states.map((state) => [state, state]), ...model.seen.has('given') ? [['given', 'time it was given']] : [],
		...model.markKinds.slice(0, 3).map((name, i) => [`mark-${i}`, name])];
	const shown = [...$('legend').children].map((item) => item.className);
	if (shown.join() !== items.map(([kind]) => kind).join()) {
		$('legend').replaceChildren(...items.map(([kind, name]) => Object.assign(document.createElement('li'), { className: kind, textContent: name })));
	}
}

function showStatus() {
	if (!model) {
		return;
	}
	showLegend();
	const counts = Object.entries(model.counts).filter(([state, count]) => count > 0 && state !== 'idle').map(([state, count]) => `${count} ${state}`);
	const word = model.end ? { done: 'Finished', failed: 'Failed', cancelled: 'Stopped', 'timed-out': 'Stopped by the time limit' }[model.end.state] : 'Running';
	const bold = document.createElement('b');
	bold.textContent = word;
	const parts = [model.end ? `after ${ms(model.end.at)} ms` : '', model.size ? `${model.size} ${model.size === 1 ? 'task' : 'tasks'}` : '', ...counts];
	const unrecorded = model.end?.unrecorded ? ` · ${model.end.unrecorded} events not recorded` : '';
	$('status').replaceChildren(bold, ` ${parts.filter(Boolean).join(' · ')}${unrecorded}`);
}

async function ended(event) {
	showStatus();
	$('run').disabled = false;
	$('stop').hidden = true;
	$('note').hidden = true;
	$('tasks').hidden = model.size === 0;
	showTasks();
	try {
		const finished = await getRun(run.pattern, run.id);
		if (finished.id !== run?.id) {
			return;
		}
		if (finished.result) {
			showResult(finished.result, { headline: $('headline'), proofs: $('proofs'), distributions: $('distributions'), figures: $('figures'), tables: $('tables') });
			$('result').hidden = false;
		}
		else if (event.state !== 'cancelled') {
			showProblem(new Problem(`The run ${event.state === 'failed' ? 'failed' : 'was stopped'}`, finished.error));
		}
	}
	catch (error) {
		showProblem(error);
	}
}

function showTasks() {
	if (!$('tasks').open) {
		return;
	}
	$('task-rows').replaceChildren(...model.lanes.filter(Boolean).map((lane) => {
		const sums = totals(lane, model.now);
		const row = document.createElement('tr');
		const cells = [lane.name, lane.group, lane.state, ms(sums.queued), ms(sums.waiting), ms(sums.running), ms(sums.from), ms(sums.to), sums.thread];
		row.append(...cells.map((text, i) => {
			const cell = document.createElement('td');
			cell.textContent = text;
			cell.className = i === 2 ? `state ${lane.state}` : i > 2 && i < 8 ? 'n' : i === 8 ? 'mono' : '';
			return cell;
		}));
		return row;
	}));
}

function clearRun() {
	run = null;
	model = null;
	$('run').disabled = false;
	$('stop').hidden = true;
	$('empty').hidden = false;
	for (const id of ['plot', 'note', 'items', 'tasks', 'result']) {
		$(id).hidden = true;
	}
	$('items').replaceChildren();
	$('legend').replaceChildren();
	$('status').replaceChildren();
	$('tip').hidden = true;
}

function showProblem(error) {
	if (!(error instanceof Problem)) {
		console.error(error);
	}
	const title = document.createElement('b');
	title.textContent = error.title ?? 'Something went wrong';
	$('problem').replaceChildren(title, error.message);
	$('problem').hidden = false;
	for (const wrong of error.parameters ?? []) {
		const input = $('form').elements[wrong.key];
		const description = $(`d-${wrong.key}`);
		if (input && description) {
			input.setAttribute('aria-invalid', 'true');
			description.textContent = `${wrong.fix}.`;
			description.className = 'error';
			input.focus();
		}
	}
}

function hideProblem() {
	$('problem').hidden = true;
	for (const parameter of pattern?.parameters ?? []) {
		const description = $(`d-${parameter.name}`);
		$('form').elements[parameter.name].removeAttribute('aria-invalid');
		description.textContent = describe(parameter);
		description.className = '';
	}
}

$('form').addEventListener('submit', startClicked);
$('form').addEventListener('input', showCurl);
$('stop').addEventListener('click', () => stopRun(run.pattern, run.id).catch(showProblem));
$('whole').addEventListener('click', () => showSource($('whole').getAttribute('aria-pressed') !== 'true'));
$('tasks').addEventListener('toggle', () => model && showTasks());
$('copy').addEventListener('click', async () => {
	await navigator.clipboard.writeText($('curl').textContent);
	$('copy').textContent = 'Copied';
	setTimeout(() => { $('copy').textContent = 'Copy'; }, 1500);
});
$('skip').addEventListener('click', (event) => {
	event.preventDefault();
	$('main').focus();
});
addEventListener('hashchange', follow);
start();
