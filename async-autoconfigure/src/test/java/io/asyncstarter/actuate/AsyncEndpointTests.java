package io.asyncstarter.actuate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class AsyncEndpointTests {

	private final BoundedExecutor orders = BoundedExecutor.builder("orders").maxConcurrency(2).queueCapacity(3).build();

	private final AsyncEndpoint endpoint = new AsyncEndpoint(
			List.of(new BoundedExecutorKind(BoundedExecutors.of(this.orders))));

	private final AsyncEndpointWebExtension web = new AsyncEndpointWebExtension(this.endpoint);

	@AfterEach
	void close() {
		this.orders.close();
	}

	@Test
	void overviewShowsAllExecutors() {
		assertThat(this.endpoint.overview()).containsOnlyKeys("executors");
		assertThat(this.endpoint.overview().get("executors")).isEqualTo(this.endpoint.kind("executors"));
		assertThat(this.endpoint.kind("executors")).containsOnlyKeys("orders");
		assertThat(this.endpoint.detail("executors", "orders")).isInstanceOfSatisfying(ExecutorDescriptor.class,
				(descriptor) -> assertThat(descriptor.maxConcurrency()).isEqualTo(2));
	}

	@Test
	void changeAppliesBothLimitsAndLogsThem(CapturedOutput output) {
		Object descriptor = this.endpoint.change("executors", "orders",
				Map.of("maxConcurrency", 5, "queueCapacity", "0"));

		assertThat(descriptor).isEqualTo(this.endpoint.detail("executors", "orders"));
		assertThat(this.orders.getMaxConcurrency()).isEqualTo(5);
		assertThat(this.orders.getQueueCapacity()).isZero();
		assertThat(output).contains("Executor 'orders': max-concurrency changed from 2 to 5",
				"Executor 'orders': queue-capacity changed from 3 to 0");
	}

	@Test
	void whenOneLimitIsWrongThenNoneIsChanged() {
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(
					() -> this.endpoint.change("executors", "orders", Map.of("maxConcurrency", 5, "queueCapacity", -1)))
			.withMessage("'queueCapacity' must be at least 0 but was -1");
		assertThat(this.orders.getMaxConcurrency()).isEqualTo(2);
	}

	@Test
	void whenOverHttpAndNothingIsGivenThenThatIsABadRequest() {
		assertProblem(this.web.change("executors", "orders", Map.of()), 400,
				"Nothing to change: give one or more of 'maxConcurrency', 'queueCapacity'");
	}

	@Test
	void whenOverHttpAndALimitIsNoNumberThenThatIsABadRequest() {
		assertProblem(this.web.change("executors", "orders", Map.of("maxConcurrency", "many")), 400,
				"'maxConcurrency' must be a whole number but was 'many'");
	}

	@Test
	void whenOverHttpAndAKeyIsUnknownThenThatIsABadRequestAndNothingIsChanged() {
		assertProblem(this.web.change("executors", "orders", Map.of("maxConcurrency", "5", "maxConcurency", "6")), 400,
				"'maxConcurency' cannot be changed; what can be is 'maxConcurrency', 'queueCapacity'");
		assertThat(this.orders.getMaxConcurrency()).isEqualTo(2);
	}

	@Test
	void whenSeveralValuesAreWrongThenAllAreNamed() {
		assertProblem(this.web.change("executors", "orders", Map.of("maxConcurrency", "0", "queueCapacity", "x")), 400,
				"'maxConcurrency' must be at least 1 but was 0; 'queueCapacity' must be a whole number but was 'x'");
	}

	@Test
	void whenAKindCannotBeChangedThenThatIsABadRequest() {
		AsyncEndpoint endpoint = new AsyncEndpoint(List.of(new ReadOnlyKind()));

		assertProblem(new AsyncEndpointWebExtension(endpoint).change("things", "one", Map.of("x", "1")), 400,
				"Nothing can be changed about thing 'one'");
	}

	@Test
	void whenOverHttpAndTheNameIsUnknownThenThatIsNotFound() {
		assertProblem(this.web.detail("executors", "order"), 404,
				"There is no executor named 'order'; there are: orders");
		assertProblem(this.web.change("executors", "order", Map.of("maxConcurrency", "5")), 404,
				"There is no executor named 'order'; there are: orders");
	}

	@Test
	void whenOverHttpAndTheKindIsUnknownThenThatIsNotFound() {
		assertProblem(this.web.kind("executor"), 404, "There is no kind 'executor'; there are: executors");
	}

	@Test
	void whenOverHttpAndAllIsWellThenTheBodyIsTheAnswer() {
		assertThat(this.web.overview().getBody()).isEqualTo(this.endpoint.overview());
		assertThat(this.web.change("executors", "orders", Map.of("maxConcurrency", " 4 ")).getBody())
			.isInstanceOfSatisfying(ExecutorDescriptor.class, (body) -> assertThat(body.maxConcurrency()).isEqualTo(4));
	}

	private static void assertProblem(WebEndpointResponse<Object> response, int status, String detail) {
		assertThat(response.getStatus()).isEqualTo(status);
		assertThat(response.getContentType()).hasToString("application/problem+json");
		assertThat(response.getBody()).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
			.containsAllEntriesOf(Map.of("status", status, "detail", detail));
	}

	private static final class ReadOnlyKind implements AsyncEndpointKind<String> {

		@Override
		public String getName() {
			return "things";
		}

		@Override
		public String getNoun() {
			return "thing";
		}

		@Override
		public SortedMap<String, String> all() {
			return new TreeMap<>(Map.of("one", "1"));
		}

		@Override
		public Optional<String> find(String name) {
			return Optional.ofNullable(all().get(name));
		}

	}

}
