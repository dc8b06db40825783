package io.asyncstarter.lifecycle;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.server.MockServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections that clients keep for further requests end when the application closes.
 */
class KeptConnectionTests {

	private final OpenStreams openStreams = new OpenStreams();

	private final OpenServletStreams openServletStreams = new OpenServletStreams();

	@Test
	void reactiveAnswerKeepsTheConnectionUntilTheApplicationCloses() {
		assertThat(reactiveAnswer(() -> {
		})).isNull();

		this.openStreams.refuse();

		assertThat(reactiveAnswer(() -> {
		})).isEqualTo("close");
	}

	@Test
	void reactiveAnswerUnderWayWhenTheApplicationClosesEndsItsConnection() {
		assertThat(reactiveAnswer(this.openStreams::refuse)).isEqualTo("close");
	}

	@Test
	void servletAnswerKeepsTheConnectionUntilTheApplicationCloses() throws Exception {
		assertThat(servletAnswer()).isNull();

		this.openServletStreams.refuse();

		assertThat(servletAnswer()).isEqualTo("close");
	}

	private @Nullable String reactiveAnswer(Runnable handler) {
		MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
		new StreamCompletingWebFilter(this.openStreams).filter(exchange, (handled) -> {
			handler.run();
			return handled.getResponse().setComplete();
		}).block();
		return exchange.getResponse().getHeaders().getFirst(HttpHeaders.CONNECTION);
	}

	private @Nullable String servletAnswer() throws Exception {
		MockHttpServletResponse response = new MockHttpServletResponse();
		new StreamCompletingServletFilter(this.openServletStreams).doFilter(new MockHttpServletRequest(), response,
				new MockFilterChain());
		return response.getHeader(HttpHeaders.CONNECTION);
	}

}
