// Shows a page of the documentation: docs.html#policies/retry is docs/policies/retry.md, #deadlines:scopes a part of a page.

import { showJava, showYaml } from './code.js';
import { element } from './element.js';
import { markdown } from './markdown.js';

const $ = (id) => document.getElementById(id);

const nameOf = (page) => page.split('/').at(-1).replaceAll('-', ' ').replace(/^./, (letter) => letter.toUpperCase());

async function list() {
	const pages = await (await fetch('/docs')).json();
	const first = pages.filter((page) => !page.includes('/'));
	// what is in a folder stands beneath the page of that name
	const all = first.flatMap((page) => [page, ...pages.filter((other) => other.startsWith(`${page}/`))]);
	$('pages').append(element('ul', {}, ...all.map((page) => element('li', {},
		element('a', { href: `#${page}`, textContent: nameOf(page), className: page.includes('/') ? 'page beneath' : 'page' })))));
}

async function follow() {
	const [page, part] = (location.hash.slice(1) || 'choosing').split(':');
	const response = /^[\w/-]+$/.test(page) ? await fetch(`/docs/${page}.md`) : null;
	$('doc').innerHTML = markdown(response?.ok ? await response.text() : `# Not there\n\nThere is no page \`${page}\`.`, page);
	for (const code of $('doc').querySelectorAll('pre code')) {
		const show = { java: showJava, yaml: showYaml }[code.dataset.language];
		show?.(code, code.textContent);
	}
	document.title = `${$('doc').querySelector('h1')?.textContent ?? page} · Async gallery`;
	for (const link of document.querySelectorAll('#pages a')) {
		link.toggleAttribute('aria-current', link.hash === `#${page}`);
	}
	(document.getElementById(part) ?? document.body).scrollIntoView();
}

addEventListener('hashchange', follow);
await list();
await follow();
