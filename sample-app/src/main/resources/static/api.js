// The HTTP interface of the gallery. A problem+json answer becomes an error that says what it says.

export class Problem extends Error {

	constructor(title, detail, parameters) {
		super(detail);
		this.title = title;
		this.parameters = parameters ?? [];
	}

}

async function call(path, options) {
	let response;
	try {
		response = await fetch(path, options);
	}
	catch {
		throw new Problem('The gallery cannot be reached', 'Is the sample application still running?');
	}
	if (response.status === 204) {
		return null;
	}
	const body = await response.json().catch(() => ({}));
	if (!response.ok) {
		throw new Problem(body.title ?? `HTTP ${response.status}`, body.detail ?? response.statusText, body.parameters);
	}
	return body;
}

/** Reads what is served as JSON. */
export const read = (path) => call(path);

export const listPatterns = () => call('/patterns');

export const getPattern = (id) => call(`/patterns/${encodeURIComponent(id)}`);

export const getRun = (id, run) => call(`/patterns/${encodeURIComponent(id)}/runs/${encodeURIComponent(run)}`);

export const startRun = (id, parameters) => call(`/patterns/${id}/runs`, {
	method: 'POST',
	headers: { 'Content-Type': 'application/json', Prefer: 'respond-async' },
	body: JSON.stringify(parameters),
});

export const stopRun = (id, run) => call(`/patterns/${id}/runs/${run}`, { method: 'DELETE' });

/**
 * Reads a run's events, from the first to the last. The browser reconnects by itself and
 * goes on after the last event that it has seen.
 */
export function watch(run, onEvent, onLost) {
	const source = new EventSource(run.events);
	source.onmessage = (message) => {
		const event = JSON.parse(message.data);
		if (event.kind === 'end') {
			source.close();
		}
		onEvent(event);
	};
	source.onerror = () => {
		if (source.readyState === EventSource.CLOSED) {
			onLost();
		}
	};
	return () => source.close();
}
