package io.asyncstarter.sample.service;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import io.asyncstarter.sample.upstream.Item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for services of runs, called over HTTP.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Timeout(60)
class RunServicesTests {

	@Autowired
	private RunServices services;

	@Test
	void runIsServedUntilItsServiceIsClosed() {
		RunService closed;
		try (RunService service = this.services.open("served",
				(id) -> Mono.just(ResponseEntity.ok(new Item(id, "mine"))))) {
			assertThat(item(service, "served", 7).block()).isEqualTo(new Item(7, "mine"));
			closed = service;
		}

		assertThatExceptionOfType(WebClientResponseException.NotFound.class)
			.isThrownBy(() -> item(closed, "served", 7).block());
	}

	@Test
	void answersAreWhatTheServiceSays() {
		try (RunService service = this.services.open("failing", (id) -> Mono
			.just(ResponseEntity.status(HttpStatus.TOO_MANY_REQUESTS).header("Retry-After", "3").build()))) {
			assertThatExceptionOfType(WebClientResponseException.TooManyRequests.class)
				.isThrownBy(() -> item(service, "failing", 1).block())
				.satisfies((refused) -> assertThat(refused.getHeaders().getFirst("Retry-After")).isEqualTo("3"));
		}
	}

	@Test
	void connectionIsClosedInPlaceOfAnAnswer() {
		try (RunService service = this.services.open("reset", (id) -> RunServices.reset())) {
			assertThatExceptionOfType(WebClientRequestException.class)
				.isThrownBy(() -> item(service, "reset", 1).block());
		}
	}

	@Test
	void whenCallerLeavesThenServiceIsCancelled() {
		AtomicBoolean asked = new AtomicBoolean();
		AtomicBoolean cancelled = new AtomicBoolean();
		try (RunService service = this.services.open("left", (id) -> {
			asked.set(true);
			return Mono.<ResponseEntity<Item>>never().doOnCancel(() -> cancelled.set(true));
		})) {
			Disposable call = item(service, "left", 1).subscribe();
			await(asked);

			call.dispose();

			await(cancelled);
		}
	}

	private static void await(AtomicBoolean condition) {
		Mono.fromSupplier(condition::get)
			.filter(Boolean::booleanValue)
			.repeatWhenEmpty((rounds) -> rounds.delayElements(Duration.ofMillis(5)))
			.block(Duration.ofSeconds(20));
	}

	private static Mono<Item> item(RunService service, String run, int id) {
		return WebClient.builder()
			.uriBuilderFactory(service.address())
			.build()
			.get()
			.uri("/services/{run}/{id}", run, id)
			.retrieve()
			.bodyToMono(Item.class);
	}

}
