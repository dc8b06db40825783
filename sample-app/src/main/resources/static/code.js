// Colours code, simply: what a reader's eye needs, not what a compiler knows.

const JAVA = /(?<com>\/\/.*|\/\*[\s\S]*?\*\/)|(?<str>"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\]|\\.)')|(?<ann>@\w+)|(?<kw>\b(?:abstract|boolean|break|case|catch|char|class|continue|default|do|double|else|enum|extends|final|finally|float|for|if|implements|import|instanceof|int|interface|long|new|null|package|private|protected|public|record|return|sealed|static|super|switch|synchronized|this|throw|throws|true|false|try|void|volatile|while|yield)\b)|(?<num>\b\d[\d_.]*(?:e\d+)?[LdfF]?\b)|(?<typ>\b[A-Z]\w*\b)/g;

const PYTHON = /(?<com>#.*)|(?<str>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<ann>@\w+)|(?<kw>\b(?:and|as|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|if|import|in|is|lambda|not|or|pass|raise|return|try|while|with|yield|None|True|False)\b)|(?<num>\b\d[\d_.]*\b)|(?<typ>\b[A-Z]\w*\b)/g;

const YAML = /(?<com>#.*)|(?<kw>[\w-]+(?=:(?:\s|$)))|(?<num>\b\d[\d_.]*(?:ms|s|m|%)?(?=[\s,}]|$))|(?<str>(?<=[:,[]\s?)[\w#'"][^,{}\]\n#]*)/gm;

function color(target, code, grammar) {
	const parts = [];
	let at = 0;
	for (const match of code.matchAll(grammar)) {
		const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
		const span = document.createElement('span');
		span.className = kind;
		span.textContent = match[0];
		parts.push(code.slice(at, match.index), span);
		at = match.index + match[0].length;
	}
	parts.push(code.slice(at));
	target.replaceChildren(...parts);
}

export const showJava = (target, code) => color(target, code, JAVA);

export const showYaml = (target, code) => color(target, code, YAML);

export const showPython = (target, code) => color(target, code, PYTHON);
