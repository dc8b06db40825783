package io.asyncstarter.sample.upstream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.HttpServerErrorException;
import reactor.core.Disposable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the upstream, called over HTTP.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Timeout(60)
class UpstreamTests {

	@Autowired
	private UpstreamClient client;

	@Autowired
	private UpstreamLoad load;

	@Test
	void whenDownThenOneGroupOfCallsIsRefusedAndOthersAreNot() {
		try (UpstreamWatch down = watch("outage", "a"); UpstreamWatch up = watch("outage", "b")) {
			down.down(true);

			assertThatExceptionOfType(HttpServerErrorException.ServiceUnavailable.class)
				.isThrownBy(() -> this.client.item(UpstreamRequest.of("outage", 1).group("a")));
			assertThat(this.client.item(UpstreamRequest.of("outage", 1).group("b")).id()).isOne();
			assertThat(down.failed()).isOne();
			assertThat(up.failed()).isZero();

			down.down(false);
			assertThat(this.client.item(UpstreamRequest.of("outage", 1).group("a")).id()).isOne();
		}
	}

	@Test
	void firstRequestsForAnItemFail() {
		try (UpstreamWatch watch = watch("first", "")) {
			UpstreamRequest request = UpstreamRequest.of("first", 7).failFirst(2);

			assertThat(IntStream.range(0, 4).mapToObj((attempt) -> fails(request)).toList()).containsExactly(true, true,
					false, false);
			assertThat(watch.served()).isEqualTo(4);
		}
	}

	@Test
	void seedDecidesWhichRequestsFail() {
		List<Boolean> once = failures(5);
		List<Boolean> again = failures(5);
		List<Boolean> others = failures(6);

		assertThat(once).contains(true, false).isEqualTo(again).isNotEqualTo(others);
	}

	@Test
	void whenCallerLeavesThenRequestIsCancelled() throws InterruptedException {
		try (UpstreamWatch watch = watch("left", "")) {
			Disposable call = this.client.itemMono(UpstreamRequest.of("left", 1).latency(Duration.ofSeconds(9)))
				.subscribe();
			while (watch.served() == 0) {
				Thread.onSpinWait();
			}

			call.dispose();

			assertThat(watch.awaitIdle(Duration.ofSeconds(8))).isTrue();
			assertThat(watch.cancelled()).isOne();
		}
	}

	private UpstreamWatch watch(String run, String group) {
		return this.load.watch(run, group, (now) -> {
		});
	}

	private List<Boolean> failures(int seed) {
		List<Boolean> failures = new ArrayList<>();
		for (int i = 1; i <= 30; i++) {
			failures.add(fails(UpstreamRequest.of("seed", i).failures(40, seed)));
		}
		return failures;
	}

	private boolean fails(UpstreamRequest request) {
		try {
			this.client.item(request);
			return false;
		}
		catch (HttpServerErrorException ex) {
			assertThat(ex.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
			return true;
		}
	}

}
