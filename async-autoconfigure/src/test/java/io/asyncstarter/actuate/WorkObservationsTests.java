package io.asyncstarter.actuate;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.policy.Policy;
import io.asyncstarter.policy.PolicyEnvironment;
import io.asyncstarter.queue.QueueConsumers;
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.task.TaskGroupException;
import io.asyncstarter.task.Tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(30)
class WorkObservationsTests {

	private final Spans spans = new Spans();

	private final SdkTracerProvider provider = SdkTracerProvider.builder().addSpanProcessor(this.spans).build();

	private final Tracer tracer = new OtelTracer(this.provider.get("test"), new OtelCurrentTraceContext(), (event) -> {
	});

	private final ObservationRegistry registry = ObservationRegistry.create();

	private final BoundedExecutor executor = BoundedExecutor.builder("orders").build();

	private final Policy policy;

	WorkObservationsTests() {
		this.registry.observationConfig().observationHandler(new DefaultTracingObservationHandler(this.tracer));
		PolicyEnvironment environment = PolicyEnvironment.builder()
			.executors(BoundedExecutors.of(this.executor))
			.observer(new WorkObservations(this.registry))
			.build();
		this.policy = Policy.builder("github")
			.retry((retry) -> retry.maxAttempts(3).backoff(Duration.ofNanos(1)))
			.environment(environment)
			.build();
	}

	@AfterEach
	void close() {
		this.executor.close();
		this.provider.close();
	}

	private static List<String> events(SpanData span) {
		return span.getEvents().stream().map(EventData::getName).toList();
	}

	@Test
	void aCallIsASpanWithItsAttemptsAsEvents() throws Exception {
		AtomicInteger attempts = new AtomicInteger();

		this.policy.call(() -> {
			if (attempts.incrementAndGet() == 1) {
				throw new IOException("expected");
			}
			return 1;
		});

		SpanData span = this.spans.single("policy github");
		assertThat(events(span)).containsExactly("attempt 1", "attempt 1 failed: java.io.IOException", "attempt 2");
		assertThat(span.getStatus().getStatusCode()).isNotEqualTo(StatusData.error().getStatusCode());
		assertThat(span.getAttributes().asMap().values()).contains("github");
	}

	@Test
	void whenACallFailsThenItsSpanDoes() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.policy.call(() -> {
			throw new IOException("expected");
		}));

		SpanData span = this.spans.single("policy github");
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusData.error().getStatusCode());
		assertThat(events(span)).contains("attempt 3", "attempt 3 failed: java.io.IOException");
	}

	@Test
	void spansOfTheWorkAreBelowThatOfTheCallAndThatIsBelowTheCallers() throws Exception {
		Observation caller = Observation.start("caller", this.registry);
		caller.scopedChecked(() -> {
			this.policy.call(() -> this.executor.submit(() -> span("work")).get());
			this.policy.stage(() -> this.executor.submitCompletable(() -> span("stage"))).join();
		});
		caller.stop();

		// The span of a stage ends when the stage has ended.
		Awaitility.await()
			.until(() -> this.spans.ended.stream()
				.filter((span) -> span.getName().equals("policy github"))
				.count() == 2);
		assertThat(this.spans.parentOf("work")).isEqualTo("policy github");
		assertThat(this.spans.parentOf("stage")).isEqualTo("policy github");
		assertThat(this.spans.parentOf("policy github")).isEqualTo("caller");
	}

	private Integer span(String name) {
		Observation.start(name, this.registry).stop();
		return 1;
	}

	@Test
	void theContextOfAReactiveChainHasTheParentAndGetsTheCall() {
		Observation caller = Observation.start("caller", this.registry);
		Mono<Integer> work = Mono.deferContextual((context) -> {
			Observation.createNotStarted("work", this.registry)
				.parentObservation(context.<Observation>get("micrometer.observation"))
				.start()
				.stop();
			return Mono.just(1);
		});

		this.policy.mono(work).contextWrite((context) -> context.put("micrometer.observation", caller)).block();
		caller.stop();

		assertThat(this.spans.parentOf("work")).isEqualTo("policy github");
		assertThat(this.spans.parentOf("policy github")).isEqualTo("caller");
		assertThat(events(this.spans.single("policy github"))).containsExactly("attempt 1");
	}

	@Test
	void aStreamIsOneSpanUntilItsEndOrItsCancellation() {
		assertThat(this.policy.flux(Flux.range(1, 5)).count().block()).isEqualTo(5);
		assertThat(events(this.spans.single("policy github"))).containsExactly("attempt 1");
		this.spans.ended.clear();

		this.policy.flux(Flux.range(1, 5)).take(2).blockLast();

		assertThat(this.spans.single("policy github").getStatus().getStatusCode())
			.isEqualTo(StatusData.error().getStatusCode());
	}

	@Test
	void whenAStageIsCancelledThenItsSpanEnds() {
		CompletableFuture<Integer> never = new CompletableFuture<>();

		this.policy.stage(() -> never).cancel(true);

		assertThat(this.spans.single("policy github").getStatus().getStatusCode())
			.isEqualTo(StatusData.error().getStatusCode());
		assertThat(never).isCancelled();
	}

	@Test
	void aGroupIsASpanAboveThoseOfItsTasks() throws Exception {
		Tasks tasks = Tasks.builder().observer(new WorkObservations(this.registry)).build();
		Observation caller = Observation.start("caller", this.registry);
		caller.scopedChecked(() -> {
			tasks.inGroup("dashboard", (group) -> {
				group.fork("user", () -> span("user"));
				return group.fork("orders", () -> tasks.inGroup("inner", (inner) -> span("orders")));
			});
		});
		caller.stop();

		assertThat(this.spans.parentOf("task-group dashboard")).isEqualTo("caller");
		assertThat(this.spans.parentOf("user")).isEqualTo("task-group dashboard");
		assertThat(this.spans.parentOf("task-group inner")).isEqualTo("task-group dashboard");
		assertThat(this.spans.parentOf("orders")).isEqualTo("task-group inner");
		assertThat(this.registry.getCurrentObservation()).isNull();
	}

	@Test
	void whenAGroupFailsThenItsSpanDoes() {
		Tasks tasks = Tasks.builder().observer(new WorkObservations(this.registry)).build();

		assertThatExceptionOfType(TaskGroupException.class).isThrownBy(() -> tasks.inGroup("dashboard", (group) -> {
			group.fork("user", () -> {
				throw new IOException("expected");
			});
			return 1;
		}));

		assertThat(this.spans.single("task-group dashboard").getStatus().getStatusCode())
			.isEqualTo(StatusData.error().getStatusCode());
	}

	@Test
	void anItemOfAQueueIsASpanBelowThatOfItsProducer() throws Exception {
		WorkQueue<String> queue = WorkQueue.<String>builder("mails")
			.observer(new WorkObservations(this.registry))
			.carryContext(true)
			.build();
		QueueConsumers<String> consumers = queue.consumers().forEach((item) -> {
			span(item);
			if (item.equals("bad")) {
				throw new IOException("expected");
			}
		});
		Observation producer = Observation.start("producer", this.registry);
		producer.scopedChecked(() -> {
			queue.put("good");
			queue.put("bad");
		});
		producer.stop();
		queue.close();
		assertThat(consumers.awaitEnd(Duration.ofSeconds(20))).isTrue();

		assertThat(this.spans.parentOf("good")).isEqualTo("queue mails");
		assertThat(this.spans.parentOf("queue mails")).isEqualTo("producer");
		assertThat(this.spans.ended).filteredOn((span) -> span.getName().equals("queue mails"))
			.extracting((span) -> span.getStatus().getStatusCode())
			.containsExactlyInAnyOrder(StatusData.ok().getStatusCode(), StatusData.error().getStatusCode());
	}

	@Test
	void theThreadIsLeftAsItWas() throws Exception {
		Span before = this.tracer.currentSpan();

		this.policy.call(() -> 1);

		assertThat(this.tracer.currentSpan()).isEqualTo(before);
		assertThat(this.registry.getCurrentObservation()).isNull();
	}

	/**
	 * Keeps what has ended.
	 */
	private static final class Spans implements SpanProcessor {

		private final List<SpanData> ended = new CopyOnWriteArrayList<>();

		private SpanData single(String name) {
			assertThat(this.ended).filteredOn((span) -> span.getName().equals(name)).hasSize(1);
			return this.ended.stream().filter((span) -> span.getName().equals(name)).findFirst().orElseThrow();
		}

		private String parentOf(String name) {
			String parent = this.ended.stream()
				.filter((span) -> span.getName().equals(name))
				.findFirst()
				.orElseThrow()
				.getParentSpanId();
			return this.ended.stream()
				.filter((span) -> span.getSpanId().equals(parent))
				.findFirst()
				.map(SpanData::getName)
				.orElse("none");
		}

		@Override
		public void onStart(Context parentContext, ReadWriteSpan span) {
		}

		@Override
		public boolean isStartRequired() {
			return false;
		}

		@Override
		public void onEnd(ReadableSpan span) {
			this.ended.add(span.toSpanData());
		}

		@Override
		public boolean isEndRequired() {
			return true;
		}

		@Override
		public CompletableResultCode shutdown() {
			return CompletableResultCode.ofSuccess();
		}

	}

}
