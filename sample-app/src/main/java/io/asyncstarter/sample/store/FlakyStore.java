package io.asyncstarter.sample.store;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import reactor.core.publisher.Mono;

import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RateMeter;
import io.asyncstarter.sample.gallery.Shape;
import io.asyncstarter.sample.service.RunServices;
import io.asyncstarter.sample.upstream.Item;

/**
 * Answers the requests of a run: so many in each second, telling others to come back in
 * the next one, and failing some. It draws how many of each there are a second. Which it
 * fails depends on the item and on how often it was asked for. Instances are safe for use
 * by multiple threads.
 *
 * @since 0.1.0
 */
public final class FlakyStore implements AutoCloseable {

	/**
	 * The answer that is none: the connection is closed.
	 */
	public static final String RESET = "reset";

	/**
	 * What the answers are.
	 */
	public static final List<String> ANSWERS = List.of("200", "429", "500", "503", RESET);

	private static final String CHART = "requests a second, seen by the upstream";

	private static final Duration BUCKET = Duration.ofMillis(500);

	private static final Duration LATENCY = Duration.ofMillis(20);

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<String, AtomicInteger> answers = new ConcurrentHashMap<>();

	private final Map<Integer, Requests> requests = new ConcurrentHashMap<>();

	private final AtomicInteger repeated = new AtomicInteger();

	private final AtomicInteger early = new AtomicInteger();

	private final PatternRun run;

	private final Function<Integer, @Nullable Lane> lanes;

	private final RateMeter answered;

	private final RateMeter refused;

	private final RateMeter failed;

	private final RateMeter retried;

	// guarded by the lock
	private long window = System.nanoTime();

	private int inWindow;

	/**
	 * Open a store.
	 * @param run the run, whose parameters tell how many requests are {@code allowed} in
	 * each second and how many of a hundred of these are {@code failures}
	 * @param lanes finds the lane of who asks for an item, if there is one
	 */
	public FlakyStore(PatternRun run, Function<Integer, @Nullable Lane> lanes) {
		this.run = run;
		this.lanes = lanes;
		this.answered = run.rate(CHART, "answered", BUCKET);
		this.refused = run.rate(CHART, "429", BUCKET);
		this.failed = run.rate(CHART, "failed", BUCKET);
		this.retried = run.rate(CHART, "repeated", BUCKET);
		run.plot(CHART, "allowed", Shape.BOUND, run.number("allowed"));
	}

	/**
	 * Answer a request.
	 * @param id the item that is asked for
	 * @return the answer
	 */
	public Mono<ResponseEntity<Item>> answer(int id) {
		Requests requests = this.requests.computeIfAbsent(id, (key) -> new Requests());
		int number = requests.count.incrementAndGet();
		long now = System.nanoTime();
		if (number > 1) {
			this.repeated.incrementAndGet();
			this.retried.count();
			this.early.addAndGet((now - requests.notBefore < 0) ? 1 : 0);
		}
		Lane lane = this.lanes.apply(id);
		if (lane != null) {
			lane.running("item %d, request %d".formatted(id, number));
		}
		boolean allowed = isAllowed(now);
		requests.notBefore = allowed ? now : now + SECOND;
		String answer = allowed ? answer(id, number) : "429";
		return Mono.delay(LATENCY).then(Mono.defer(() -> {
			count(answer, lane);
			return switch (answer) {
				case "200" -> Mono.just(ResponseEntity.ok(new Item(id, "item " + id)));
				case "429" -> Mono.just(ResponseEntity.status(429).header(HttpHeaders.RETRY_AFTER, "1").<Item>build());
				case RESET -> RunServices.reset();
				default -> Mono.just(ResponseEntity.status(Integer.parseInt(answer)).<Item>build());
			};
		}));
	}

	private String answer(int id, int number) {
		int dice = new SplittableRandom(31L * id + 1_000_003L * number).nextInt(300);
		return (dice % 100 < this.run.number("failures")) ? ANSWERS.get(2 + dice / 100) : "200";
	}

	private boolean isAllowed(long now) {
		this.lock.lock();
		try {
			if (now - this.window >= SECOND) {
				this.window += (now - this.window) / SECOND * SECOND;
				this.inWindow = 0;
			}
			this.inWindow++;
			return this.inWindow <= this.run.number("allowed");
		}
		finally {
			this.lock.unlock();
		}
	}

	private void count(String answer, @Nullable Lane lane) {
		this.answers.computeIfAbsent(answer, (key) -> new AtomicInteger()).incrementAndGet();
		switch (answer) {
			case "200" -> this.answered.count();
			case "429" -> this.refused.count();
			default -> this.failed.count();
		}
		if (lane != null && !answer.equals("200")) {
			lane.broken().waiting(answer);
		}
	}

	/**
	 * How often there was an answer.
	 * @param answer one of {@link #ANSWERS}
	 * @return the number of requests
	 */
	public int count(String answer) {
		return this.answers.getOrDefault(answer, new AtomicInteger()).get();
	}

	/**
	 * The requests for items that were asked for before.
	 * @return their number
	 */
	public int repeated() {
		return this.repeated.get();
	}

	/**
	 * The requests that came earlier than they were told.
	 * @return their number
	 */
	public int early() {
		return this.early.get();
	}

	@Override
	public void close() {
		this.run.plot(CHART, "allowed", Shape.BOUND, this.run.number("allowed"));
		List.of(this.answered, this.refused, this.failed, this.retried).forEach(RateMeter::close);
	}

	/**
	 * The requests for an item.
	 */
	private static final class Requests {

		private final AtomicInteger count = new AtomicInteger();

		private volatile long notBefore = System.nanoTime();

	}

}
