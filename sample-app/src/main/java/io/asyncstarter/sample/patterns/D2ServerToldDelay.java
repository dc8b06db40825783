package io.asyncstarter.sample.patterns;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import reactor.core.publisher.Mono;

import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.http.PolicyRequestInterceptor;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEventKind;
import io.asyncstarter.policy.RetrySettings;
import io.asyncstarter.sample.gallery.Lane;
import io.asyncstarter.sample.gallery.Parameter;
import io.asyncstarter.sample.gallery.Pattern;
import io.asyncstarter.sample.gallery.PatternInfo;
import io.asyncstarter.sample.gallery.PatternRun;
import io.asyncstarter.sample.gallery.RunResult;
import io.asyncstarter.sample.gallery.Timings;
import io.asyncstarter.sample.service.RunService;
import io.asyncstarter.sample.service.RunServices;
import io.asyncstarter.sample.upstream.Item;

/**
 * The server says how long to wait.
 */
@Component
class D2ServerToldDelay implements Pattern {

	private static final Duration LONG = Duration.ofSeconds(30);

	private final BoundedExecutors executors;

	private final RunServices services;

	private final Policy told;

	private final RetrySettings retry;

	D2ServerToldDelay(BoundedExecutors executors, Policies policies, RunServices services) {
		this.executors = executors;
		this.services = services;
		this.told = policies.get("told");
		this.retry = Objects.requireNonNull(this.told.getSettings().retry());
	}

	@Override
	public PatternInfo info() {
		return PatternInfo.of("D2", "Server-told delay")
			.summary("""
					A server that answers 429 or 503 may say when to come back, as seconds or as a date. That is \
					waited for in place of the backoff. If it is past the deadline there is no point in waiting: \
					the caller gets the answer at once.""")
			.useWhen("""
					Always, for HTTP: it is on by default, and capped by 'max-retry-after'. A date is held against \
					the Date of the answer, since the server's clock may not be yours.""")
			.yaml("async.policies.told")
			.docs("http")
			.asyncio("429 handling by hand", """
					if answer.status in (429, 503):
					    told = answer.headers.get("Retry-After")
					    if told is None:
					        wait = backoff(attempt)
					    elif told.isdigit():
					        wait = float(told)
					    else:
					        wait = seconds_until(parsedate(told))
					    if wait > left():
					        raise TooLate()
					    await asyncio.sleep(wait)
					""")
			.parameter(Parameter.number("seconds", 1, 1, 5, "How many seconds callers are told to wait"))
			.parameter(Parameter.millis("backoff", (int) Objects.requireNonNull(this.retry.backoff()).toMillis(), 1,
					1000, "The most that a caller waits who is told nothing"))
			.parameter(Parameter.millis("deadline", (int) this.told.getDeadline().orElseThrow().toMillis(), 2000,
					20_000, "What a call may take, waits included"))
			.build();
	}

	// tag::run[]
	@Override
	public RunResult run(PatternRun run) throws Exception {
		// async.policies.told, with the numbers of this run
		Policy policy = Policy.builder("told")
			.settings(this.told.getSettings())
			.deadline(run.millis("deadline"))
			.retry((retry) -> retry.backoff(run.millis("backoff")))
			.build();
		List<Caller> callers = Arrays.stream(Told.values())
			.map((told) -> new Caller(told, run.lane("", told.description)))
			.toList();
		Map<Thread, Caller> byThread = new ConcurrentHashMap<>();
		// told of each retry, on the thread of the call
		policy.addListener((event) -> {
			Caller caller = byThread.get(Thread.currentThread());
			if (caller != null && event.kind() == PolicyEventKind.RETRIED) {
				caller.waits(event.waited());
			}
		});
		try (RunService service = this.services.open(run.id(), (id) -> callers.get(id).answer(run))) {
			RestClient client = RestClient.builder()
				.uriBuilderFactory(service.address())
				.requestFactory(new JdkClientHttpRequestFactory())
				.requestInterceptor(PolicyRequestInterceptor.of(policy))
				.build();
			List<Future<?>> calls = new ArrayList<>();
			for (Caller caller : callers) {
				calls.add(run.submit(this.executors.get("io"), () -> {
					byThread.put(Thread.currentThread(), caller);
					return caller.call(() -> client.get()
						.uri("/services/{run}/{id}", run.id(), callers.indexOf(caller))
						.retrieve()
						.body(Item.class));
				}));
			}
			for (Future<?> call : calls) {
				call.get();
			}
		}
		// end::run[]
		return result(run, callers);
	}

	private static RunResult result(PatternRun run, List<Caller> callers) {
		List<List<Object>> rows = new ArrayList<>();
		for (Caller caller : callers) {
			rows.add(List.of(caller.told.description, text(caller.planned), text(caller.waited), caller.requests.get(),
					(caller.status != null) ? "the " + caller.status.value() : "the item"));
		}
		Caller seconds = of(Told.SECONDS, callers);
		Caller date = of(Told.DATE, callers);
		Caller nothing = of(Told.NOTHING, callers);
		Caller tooLong = of(Told.TOO_LONG, callers);
		return RunResult.builder()
			.headline("Told %d s, waited %s; told a date, waited %s; told too much, not waited at all"
				.formatted(run.number("seconds"), text(seconds.waited), text(date.waited)))
			.table("What callers were told, and what they did",
					List.of("told", "wait decided on", "waited", "requests", "the caller got"), rows)
			.proof("Seconds are waited for", "%s of %d s".formatted(text(seconds.waited), run.number("seconds")),
					seconds.hasWaited(Duration.ofSeconds(run.number("seconds"))))
			.proof("A date is waited for, by the server's own clock",
					"%s of %d s".formatted(text(date.waited), run.number("seconds") + 1),
					date.hasWaited(Duration.ofSeconds(run.number("seconds") + 1L)))
			.proof("Who is told nothing waits for the backoff",
					"%s of %s at most".formatted(text(nothing.planned), text(run.millis("backoff"))),
					nothing.status == null && nothing.planned != null
							&& nothing.planned.compareTo(run.millis("backoff")) <= 0)
			.proof("What is past the deadline is not waited for: the answer is the caller's",
					"%s after %d request".formatted(tooLong.status, tooLong.requests.get()),
					tooLong.status == HttpStatus.TOO_MANY_REQUESTS && tooLong.requests.get() == 1
							&& tooLong.planned == null)
			.build();
	}

	private static Caller of(Told told, List<Caller> callers) {
		return callers.stream().filter((caller) -> caller.told == told).findFirst().orElseThrow();
	}

	private static String text(@Nullable Duration time) {
		return (time != null) ? Timings.text(time) : "-";
	}

	/**
	 * What a caller is told at first.
	 */
	private enum Told {

		SECONDS("429, seconds", HttpStatus.TOO_MANY_REQUESTS), DATE("503, a date", HttpStatus.SERVICE_UNAVAILABLE),

		NOTHING("503, nothing", HttpStatus.SERVICE_UNAVAILABLE),

		TOO_LONG("429, 30 seconds", HttpStatus.TOO_MANY_REQUESTS);

		private final String description;

		private final HttpStatus status;

		Told(String description, HttpStatus status) {
			this.description = description;
			this.status = status;
		}

		private ResponseEntity<Item> refusal(int seconds) {
			ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS);
			HttpHeaders headers = new HttpHeaders();
			headers.setZonedDateTime(HttpHeaders.DATE, now);
			switch (this) {
				case SECONDS -> headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(seconds));
				case DATE -> headers.setZonedDateTime(HttpHeaders.RETRY_AFTER, now.plusSeconds(seconds + 1L));
				case TOO_LONG -> headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(LONG.toSeconds()));
				case NOTHING -> {
				}
			}
			return ResponseEntity.status(this.status).headers(headers).build();
		}

	}

	// tag::run[]

	/**
	 * A caller, and the server as it is to this one. The requests of a caller follow each
	 * other.
	 */
	private static final class Caller {

		private final Told told;

		private final Lane lane;

		private final AtomicInteger requests = new AtomicInteger();

		private volatile long refused;

		private volatile @Nullable Duration planned;

		private volatile @Nullable Duration waited;

		private volatile @Nullable HttpStatus status;

		private Caller(Told told, Lane lane) {
			this.told = told;
			this.lane = lane;
		}

		// on the event loop of the server
		private Mono<ResponseEntity<Item>> answer(PatternRun run) {
			long now = System.nanoTime();
			int number = this.requests.incrementAndGet();
			this.lane.running("request " + number);
			if (number > 1) {
				this.waited = Duration.ofNanos(now - this.refused);
				return Mono.delay(Duration.ofMillis(50))
					.thenReturn(ResponseEntity.ok(new Item(number, this.told.description)));
			}
			this.refused = now;
			return Mono.delay(Duration.ofMillis(50)).thenReturn(this.told.refusal(run.number("seconds")));
		}

		private void waits(Duration wait) {
			this.planned = wait;
			this.lane.broken().waiting("%d ms".formatted(wait.toMillis()));
		}

		private boolean hasWaited(Duration time) {
			Duration planned = this.planned;
			Duration waited = this.waited;
			return planned != null && waited != null && planned.compareTo(time) >= 0 && waited.compareTo(time) >= 0;
		}

		private @Nullable Item call(Callable<@Nullable Item> call) throws Exception {
			try {
				return this.lane.track(call);
			}
			catch (HttpClientErrorException ex) {
				this.status = HttpStatus.valueOf(ex.getStatusCode().value());
				return null;
			}
		}

	}
	// end::run[]

}
