package io.asyncstarter.sample.gallery;

import java.net.URI;
import java.util.List;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Starts runs, and tells how they stand.
 * <p>
 * A run that is waited for belongs to the one who waits: it is cancelled when the
 * connection goes away. A run started with {@code Prefer: respond-async} belongs to
 * nobody and ends by itself.
 */
@RestController
@RequestMapping("/patterns/{id}/runs")
class RunController {

	private final PatternCatalog catalog;

	private final GalleryRuns runs;

	private final ParameterReader parameters;

	RunController(PatternCatalog catalog, GalleryRuns runs, ParameterReader parameters) {
		this.catalog = catalog;
		this.runs = runs;
		this.parameters = parameters;
	}

	// the request waits for the result, unless it prefers not to
	@PostMapping
	Mono<ResponseEntity<RunView>> run(@PathVariable String id,
			@RequestHeader(name = "Prefer", defaultValue = "wait") String prefer, ServerHttpRequest request) {
		return start(id, request).flatMap((run) -> {
			if (prefer.contains("respond-async")) {
				return Mono.just(respond(HttpStatus.ACCEPTED, run));
			}
			return run.finished().doOnCancel(run::cancel).map((finished) -> respond(HttpStatus.CREATED, finished));
		});
	}

	@PostMapping(produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<ServerSentEvent<RunEvent>> runAndWatch(@PathVariable String id, ServerHttpRequest request) {
		return start(id, request)
			.flatMapMany((run) -> run.recorder().events().map(RunController::serverSentEvent).doOnCancel(run::cancel));
	}

	@GetMapping
	List<RunView> list(@PathVariable String id) {
		return this.runs.of(this.catalog.get(id)).stream().map(RunView::of).toList();
	}

	@GetMapping("/{runId}")
	RunView get(@PathVariable String id, @PathVariable String runId) {
		return RunView.of(find(id, runId));
	}

	// from the first event, or from the one after the last that the client has seen
	@GetMapping("/{runId}/events")
	Flux<ServerSentEvent<RunEvent>> events(@PathVariable String id, @PathVariable String runId,
			@RequestHeader(name = "Last-Event-ID", defaultValue = "-1") long seen) {
		return find(id, runId).recorder()
			.events()
			.filter((event) -> event.seq() > seen)
			.map(RunController::serverSentEvent);
	}

	@DeleteMapping("/{runId}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void cancel(@PathVariable String id, @PathVariable String runId) {
		find(id, runId).cancel();
	}

	private GalleryRun find(String id, String runId) {
		return this.runs.get(this.catalog.get(id), runId);
	}

	private Mono<GalleryRun> start(String id, ServerHttpRequest request) {
		Pattern pattern = this.catalog.get(id);
		return this.parameters.read(request)
			.map((given) -> this.runs.start(pattern, ParameterValues.of(pattern.info().parameters(), given)));
	}

	private static ResponseEntity<RunView> respond(HttpStatus status, GalleryRun run) {
		return ResponseEntity.status(status).location(URI.create(RunView.path(run))).body(RunView.of(run));
	}

	private static ServerSentEvent<RunEvent> serverSentEvent(RunEvent event) {
		return ServerSentEvent.builder(event).id(Long.toString(event.seq())).build();
	}

}
