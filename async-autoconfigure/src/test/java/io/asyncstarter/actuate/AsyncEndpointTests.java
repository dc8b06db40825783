package io.asyncstarter.actuate;

import java.util.Map;

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

	private final AsyncEndpoint endpoint = new AsyncEndpoint(BoundedExecutors.of(this.orders));

	private final AsyncEndpointWebExtension web = new AsyncEndpointWebExtension(this.endpoint);

	@AfterEach
	void close() {
		this.orders.close();
	}

	@Test
	void overviewShowsAllExecutors() {
		ExecutorDescriptor descriptor = this.endpoint.overview().executors().get("orders");

		assertThat(descriptor).isNotNull();
		assertThat(descriptor.maxConcurrency()).isEqualTo(2);
		assertThat(this.endpoint.kind("executors")).containsOnlyKeys("orders");
	}

	@Test
	void changeAppliesBothLimitsAndLogsThem(CapturedOutput output) {
		ExecutorDescriptor descriptor = this.endpoint.change("executors", "orders", 5, 0);

		assertThat(descriptor.maxConcurrency()).isEqualTo(5);
		assertThat(this.orders.getMaxConcurrency()).isEqualTo(5);
		assertThat(this.orders.getQueueCapacity()).isZero();
		assertThat(output).contains("Executor 'orders': max-concurrency changed from 2 to 5",
				"Executor 'orders': queue-capacity changed from 3 to 0");
	}

	@Test
	void whenOneLimitIsWrongThenNoneIsChanged() {
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.change("executors", "orders", 5, -1))
			.withMessage("'queueCapacity' must be at least 0 but was -1");
		assertThat(this.orders.getMaxConcurrency()).isEqualTo(2);
	}

	@Test
	void whenOverHttpAndNothingIsGivenThenThatIsABadRequest() {
		assertProblem(this.web.change("executors", "orders", null, null), 400,
				"Nothing to change: give 'maxConcurrency', 'queueCapacity' or both");
	}

	@Test
	void whenOverHttpAndALimitIsNoNumberThenThatIsABadRequest() {
		assertProblem(this.web.change("executors", "orders", "many", null), 400,
				"'maxConcurrency' must be a whole number but was 'many'");
	}

	@Test
	void whenOverHttpAndTheNameIsUnknownThenThatIsNotFound() {
		assertProblem(this.web.detail("executors", "order"), 404,
				"There is no executor named 'order'; there are: orders");
		assertProblem(this.web.change("executors", "order", "5", null), 404,
				"There is no executor named 'order'; there are: orders");
	}

	@Test
	void whenOverHttpAndTheKindIsUnknownThenThatIsNotFound() {
		assertProblem(this.web.kind("executor"), 404, "There is no kind 'executor'; there are: executors");
	}

	@Test
	void whenOverHttpAndAllIsWellThenTheBodyIsTheAnswer() {
		assertThat(this.web.overview().getBody()).isInstanceOf(AsyncOverview.class);
		assertThat(this.web.change("executors", "orders", " 4 ", null).getBody())
			.isInstanceOfSatisfying(ExecutorDescriptor.class, (body) -> assertThat(body.maxConcurrency()).isEqualTo(4));
	}

	private static void assertProblem(WebEndpointResponse<Object> response, int status, String detail) {
		assertThat(response.getStatus()).isEqualTo(status);
		assertThat(response.getContentType()).hasToString("application/problem+json");
		assertThat(response.getBody()).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
			.containsAllEntriesOf(Map.of("status", status, "detail", detail));
	}

}
