package io.asyncstarter.sample.streaming;

import java.time.Duration;
import java.util.List;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * Answers with items that take their time to be made: one by one, or all together.
 */
@RestController
@RequestMapping("/stream")
class StreamController {

	private static final int MAX_ITEMS = 1000;

	private static final int MAX_MILLIS = 10_000;

	private final StreamWatches watches;

	StreamController(StreamWatches watches) {
		this.watches = watches;
	}

	// each item is sent when it is there
	@GetMapping(path = "/items", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<Integer> items(@RequestParam int items, @RequestParam int every,
			@RequestParam(defaultValue = "") String watch) {
		StreamWatch watched = this.watches.find(watch);
		return Flux.range(1, Math.clamp(items, 0, MAX_ITEMS))
			.concatMap((item) -> Mono.delay(Duration.ofMillis(Math.clamp(every, 0, MAX_MILLIS))).thenReturn(item), 1)
			.doOnNext(watched::made)
			.doFinally((signal) -> watched.ended(signal == SignalType.CANCEL));
	}

	// nothing is sent until everything is there
	@GetMapping("/list")
	Mono<List<Integer>> list(@RequestParam int items, @RequestParam int every,
			@RequestParam(defaultValue = "") String watch) {
		return items(items, every, watch).collectList();
	}

}
