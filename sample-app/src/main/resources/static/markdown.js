// Turns our own Markdown into HTML: headings, paragraphs, lists, tables, code, links, emphasis. Everything else stays text.

const escape = (text) => text.replace(/[&<>"]/g, (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[letter]);

export const slug = (text) => text.toLowerCase().replace(/[^\w\s-]/g, '').trim().replace(/\s+/g, '-');

// the page that is shown: links are relative to it
let here = '';

// a link to deadlines.md#scopes leads to docs.html#deadlines:scopes; what is not documentation is not served
function link(text, target) {
	if (/^https?:/.test(target)) {
		return `<a href="${target}">${text}</a>`;
	}
	const url = new URL(target, `http://docs/docs/${here}.md`);
	const page = /^\/docs\/(.+)\.md$/.exec(url.pathname);
	return page ? `<a href="#${page[1]}${url.hash.replace('#', ':')}">${text}</a>` : text;
}

const inline = (text) => text.split(/(`[^`]+`)/).map((part) => part.startsWith('`') && part.length > 1
	? `<code>${escape(part.slice(1, -1))}</code>`
	: escape(part).replace(/\*\*(.+?)\*\*/g, '<strong>$1</strong>').replace(/(?<![\w*])\*([^*\s][^*]*)\*/g, '<em>$1</em>')).join('')
	.replace(/!\[[^\]]*\]\([^)]*\)/g, '').replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (all, label, target) => link(label, target));

const cells = (row) => row.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map((cell) => inline(cell.trim().replaceAll('\\|', '|')));

function table(rows) {
	const [head, , ...body] = rows;
	const line = (row, name) => `<tr>${cells(row).map((cell) => `<${name}>${cell}</${name}>`).join('')}</tr>`;
	return `<div class="scroll"><table><thead>${line(head, 'th')}</thead><tbody>${body.map((row) => line(row, 'td')).join('')}</tbody></table></div>`;
}

function list(lines) {
	const items = [];
	for (const line of lines) {
		const item = /^\s*(?:[-*]|\d+\.)\s+(.*)$/.exec(line);
		if (item) {
			items.push(item[1]);
		}
		else {
			items[items.length - 1] += ` ${line.trim()}`;
		}
	}
	const name = /^\s*\d/.test(lines[0]) ? 'ol' : 'ul';
	return `<${name}>${items.map((item) => `<li>${inline(item)}</li>`).join('')}</${name}>`;
}

function block(lines) {
	const heading = /^(#{1,4}) (.*)$/.exec(lines[0]);
	if (heading) {
		const level = heading[1].length;
		const rest = lines.slice(1);
		return `<h${level} id="${slug(heading[2])}">${inline(heading[2])}</h${level}>${rest.length ? block(rest) : ''}`;
	}
	if (lines[0].startsWith('|')) {
		return table(lines);
	}
	const start = lines.findIndex((line) => /^\s*([-*]|\d+\.)\s/.test(line));
	if (start === 0) {
		return list(lines);
	}
	return start > 0 ? block(lines.slice(0, start)) + list(lines.slice(start)) : `<p>${inline(lines.join(' '))}</p>`;
}

export function markdown(text, page) {
	here = page;
	const html = [];
	// code first: nothing in it means anything
	text.split(/^```(\w*)\n([\s\S]*?)^```\s*$/m).forEach((part, i, parts) => {
		if (i % 3 === 2) {
			html.push(`<pre tabindex="0"><code data-language="${parts[i - 1]}">${escape(part.replace(/\n$/, ''))}</code></pre>`);
		}
		else if (i % 3 === 0) {
			html.push(...part.split(/\n{2,}/).map((lines) => lines.split('\n').filter((line) => line.trim())).filter((lines) => lines.length).map(block));
		}
	});
	return html.join('\n');
}
