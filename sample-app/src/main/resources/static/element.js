// Makes what is shown.

export const element = (name, attributes = {}, ...children) => {
	const made = document.createElement(name);
	Object.assign(made, attributes);
	made.append(...children);
	return made;
};

export const number = (value) => value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0 });
