// What drawings are made of: a canvas as sharp as the screen, text that fits, ticks that are round.

export function prepare(canvas, width, height) {
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

export const font = (size, weight = 450) => `${weight} ${size}px ui-sans-serif, system-ui, "Segoe UI", "Noto Sans", Arial, sans-serif`;

export const number = (value) => value.toLocaleString('en', { maximumFractionDigits: 1 });

/** Draws a mark: a dot, a diamond or a ring, so that kinds of marks can be told apart. */
export function symbol(g, kind, x, y, r) {
	g.beginPath();
	if (kind % 3 === 1) {
		g.moveTo(x, y - r * 1.3);
		g.lineTo(x + r * 1.3, y);
		g.lineTo(x, y + r * 1.3);
		g.lineTo(x - r * 1.3, y);
		g.closePath();
	}
	else {
		g.arc(x, y, r, 0, Math.PI * 2);
	}
	g.stroke();
	g.fill();
	if (kind % 3 === 2) {
		g.fillStyle = g.strokeStyle;
		g.beginPath();
		g.arc(x, y, r / 2, 0, Math.PI * 2);
		g.fill();
	}
}

export function fit(g, text, width) {
	let shown = text;
	while (shown.length > 1 && g.measureText(shown).width > width) {
		shown = `${shown.slice(0, -2).trimEnd()}…`;
	}
	return shown;
}

export function wrap(g, text, width, most) {
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

export function niceStep(span, ticks) {
	const raw = span / Math.max(ticks, 2);
	const power = 10 ** Math.floor(Math.log10(raw));
	return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= raw);
}

export function tick(at, step) {
	if (at === 0) {
		return '0';
	}
	return step >= 1_000_000 ? `${number(at / 1_000_000)} s` : `${number(at / 1000)} ms`;
}
