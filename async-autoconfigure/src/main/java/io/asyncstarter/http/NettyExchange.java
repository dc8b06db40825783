package io.asyncstarter.http;

import java.util.function.Function;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.function.client.ClientRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;
import reactor.netty.channel.ChannelOperations;

/**
 * An exchange whose connection is closed when it is cancelled, whatever the moment. If
 * that is the one in which the response arrives, Spring's connector for Reactor Netty
 * reads the body to its end in place of the one who has left, which takes for ever if the
 * server hangs.
 */
final class NettyExchange {

	private static final boolean PRESENT = ClassUtils.isPresent("reactor.netty.channel.ChannelOperations",
			NettyExchange.class.getClassLoader());

	private volatile @Nullable ChannelOperations<?, ?> operations;

	private NettyExchange() {
	}

	/**
	 * Makes an exchange, with whichever client it is.
	 * @param request the request
	 * @param exchange makes the exchange of a request
	 */
	static Flux<Object> of(ClientRequest request, Function<ClientRequest, Flux<Object>> exchange) {
		return (PRESENT) ? new NettyExchange().watch(request, exchange) : exchange.apply(request);
	}

	private Flux<Object> watch(ClientRequest request, Function<ClientRequest, Flux<Object>> exchange) {
		ClientRequest watched = ClientRequest.from(request).httpRequest(this::sending).build();
		return exchange.apply(watched).doFinally((signal) -> {
			ChannelOperations<?, ?> sent = this.operations;
			if (signal == SignalType.CANCEL && sent != null) {
				close(sent);
			}
		});
	}

	private void sending(ClientHttpRequest request) {
		Object sent = request.getNativeRequest();
		if (sent instanceof ChannelOperations<?, ?> started) {
			this.operations = started;
		}
	}

	/**
	 * Closes the channel unless it has begun to serve another request: it changes hands
	 * on its event loop only.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for the channel's end
	private static void close(ChannelOperations<?, ?> sent) {
		Channel channel = sent.channel();
		channel.eventLoop().execute(() -> {
			if (ChannelOperations.get(channel) == sent) {
				channel.close();
			}
		});
	}

}
