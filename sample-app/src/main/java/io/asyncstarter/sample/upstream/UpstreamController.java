package io.asyncstarter.sample.upstream;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
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
	Mono<ResponseEntity<Item>> item(@PathVariable int id, @RequestParam(defaultValue = "100") int latency,
			@RequestParam(defaultValue = "0") int failures, @RequestParam(defaultValue = "0") int failFirst,
			@RequestParam(defaultValue = "0") int slow, @RequestParam(defaultValue = "1000") int slowLatency,
			@RequestParam(defaultValue = "0") long seed, @RequestParam(defaultValue = "") String run,
			@RequestParam(defaultValue = "") String group) {
		return Mono.defer(() -> {
			UpstreamWatch watch = this.load.find(run, group);
			UpstreamWatch.Arrival arrival = (watch != null) ? watch.enter(id) : UpstreamWatch.Arrival.UNWATCHED;
			RandomGenerator random = (seed != 0) ? new SplittableRandom(seed + 31L * id + 1_000_003L * arrival.number())
					: ThreadLocalRandom.current();
			boolean fails = random.nextInt(100) < failures || arrival.number() <= failFirst || arrival.down();
			int millis = (random.nextInt(100) < slow) ? slowLatency : latency;
			ResponseEntity<Item> answer = fails ? ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).build()
					: ResponseEntity.ok(new Item(id, "item " + id));
			return Mono.delay(Duration.ofMillis(Math.clamp(millis, 0, MAX_MILLIS)))
				.thenReturn(answer)
				// left before the caller hears of it, so that it is never counted twice
				.doOnSuccess((sent) -> left(watch,
						answer.getStatusCode().isError() ? UpstreamWatch.Departure.FAILED
								: UpstreamWatch.Departure.ANSWERED))
				.doOnCancel(() -> left(watch, UpstreamWatch.Departure.CANCELLED));
		});
	}

	private static void left(@Nullable UpstreamWatch watch, UpstreamWatch.Departure departure) {
		if (watch != null) {
			watch.leave(departure);
		}
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
