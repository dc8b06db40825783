// Makes what is shown.

export const element = (name, attributes = {}, ...children) => {
	const made = document.createElement(name);
	Object.assign(made, attributes);
	made.append(...children);
	return made;
};

export const svg = (name, attributes = {}, ...children) => {
	const made = document.createElementNS('http://www.w3.org/2000/svg', name);
	for (const [key, value] of Object.entries(attributes)) {
		made.setAttribute(key, value);
	}
	made.append(...children);
	return made;
};

export const number = (value) => value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0 });
