package io.asyncstarter.sample.upstream;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

import io.asyncstarter.sample.requestid.CapturedLog;

/**
 * The upstream. Its callers say how slow and how flaky it shall be; being slow, it blocks
 * no thread.
 */
@RestController
@RequestMapping("/upstream")
class UpstreamController {

	private static final Logger logger = LoggerFactory.getLogger(UpstreamController.class);

	private static final int MAX_MILLIS = 10_000;

	private static final int MAX_PRIMES = 5_000_000;

	private final UpstreamLoad load;

	UpstreamController(UpstreamLoad load) {
		this.load = load;
	}

	// serve an item
	@GetMapping("/items/{id}")
	Mono<Item> item(@PathVariable int id, @RequestParam(defaultValue = "100") int latency,
			@RequestParam(defaultValue = "0") int jitter, @RequestParam(defaultValue = "0") int failures,
			@RequestParam(defaultValue = "") String run) {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		int millis = Math.clamp((long) latency + random.nextInt(Math.clamp(jitter, 0, MAX_MILLIS) + 1), 0, MAX_MILLIS);
		boolean fails = random.nextInt(100) < failures;
		return Mono.defer(() -> {
			this.load.entered(run);
			return Mono.delay(Duration.ofMillis(millis))
				.flatMap((tick) -> fails ? Mono.error(unavailable(id)) : Mono.just(new Item(id, "item " + id)))
				// left before the caller hears of it, so that it is never counted twice
				.doOnTerminate(() -> this.load.left(run))
				.doOnCancel(() -> this.load.left(run));
		});
	}

	private static ResponseStatusException unavailable(int id) {
		return new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE,
				"item %d is not to be had now".formatted(id));
	}

	@GetMapping("/ping")
	String ping() {
		return "pong";
	}

	@GetMapping("/log")
	String log(@RequestParam String run) {
		CapturedLog.write(logger, run, "the upstream, called over HTTP");
		return "logged";
	}

	// right here, on the event loop, as one should not
	@GetMapping("/primes")
	Mono<Integer> primes(@RequestParam int below) {
		return Mono.fromCallable(() -> Primes.below(Math.clamp(below, 0, MAX_PRIMES)));
	}

}
