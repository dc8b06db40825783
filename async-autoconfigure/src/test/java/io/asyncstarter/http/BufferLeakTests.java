package io.asyncstarter.http;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.policy.Policy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls that end in the midst of a body leave no buffer of Netty unreleased. Netty finds
 * those by garbage collection, so this test may miss one, but does not see what there is
 * not.
 */
@Timeout(60)
class BufferLeakTests {

	private static final int CALLS = 200;

	private final Level before = ResourceLeakDetector.getLevel();

	private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

	@AfterEach
	void restore() {
		ResourceLeakDetector.setLevel(this.before);
	}

	@Test
	void noBufferIsLeftBehind() {
		ResourceLeakDetector.setLevel(Level.PARANOID);
		ByteBufUtil.setLeakListener((type, records) -> this.leaks.add(records));
		Policy policy = Policy.builder("test")
			.timeout(Duration.ofMillis(30))
			.retry((retry) -> retry.maxAttempts(2).backoff(Duration.ZERO))
			.build();
		try (Upstream upstream = new Upstream((request, response) -> response
			.status((request.uri().contains("failing")) ? 503 : 200)
			.send(Flux.interval(Duration.ofMillis(1)).onBackpressureDrop().map((tick) -> chunk()), (chunk) -> true))) {
			WebClient client = upstream.webClient().filter(PolicyExchangeFilter.of(policy)).build();

			long ended = Flux.range(0, CALLS)
				.flatMap((number) -> read(client, number).then(Mono.just(1)).onErrorReturn(1), 20)
				.count()
				.blockOptional()
				.orElseThrow();

			assertThat(ended).isEqualTo(CALLS);
			upstream.awaitPoolAtRest();
		}
		finally {
			collect();
			ByteBufUtil.setLeakListener(null);
		}
		assertThat(this.leaks).isEmpty();
	}

	private static Mono<Void> read(WebClient client, int number) {
		Flux<DataBuffer> body = client.get()
			.uri((number % 3 == 0) ? "/failing" : "/")
			.exchangeToFlux((response) -> response.bodyToFlux(DataBuffer.class))
			.doOnDiscard(DataBuffer.class, DataBufferUtils::release)
			.doOnNext(DataBufferUtils::release);
		return ((number % 3 == 1) ? body.take(3) : body).then();
	}

	/**
	 * Lets Netty see what was collected: it looks whenever a buffer is allocated.
	 */
	private static void collect() {
		for (int i = 0; i < 5; i++) {
			System.gc();
			for (int j = 0; j < 200; j++) {
				PooledByteBufAllocator.DEFAULT.buffer(16).release();
			}
		}
	}

	private static ByteBuf chunk() {
		return PooledByteBufAllocator.DEFAULT.buffer(512).writeZero(512);
	}

}
