package io.asyncstarter.http;

import java.time.Duration;

import org.springframework.core.Ordered;
import org.springframework.util.Assert;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

import io.asyncstarter.deadline.Deadline;
import io.asyncstarter.deadline.DeadlineExceededException;
import io.asyncstarter.deadline.DeadlineThreadLocalAccessor;
import io.asyncstarter.deadline.DeadlineTimer;

/**
 * Gives a request of WebFlux the deadline that its header tells: in Reactor's context,
 * from where it goes on to policies, executors and other services. When it passes, the
 * work is cancelled and the answer is 504, or, if another has begun, broken off.
 *
 * @since 0.1.0
 */
public final class DeadlineWebFilter implements WebFilter, Ordered {

	/**
	 * The place in the chain: before all that does work, since that is to be cancelled.
	 */
	public static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 50;

	private final DeadlineHeader header;

	/**
	 * Creates a filter.
	 * @param header the header
	 */
	public DeadlineWebFilter(DeadlineHeader header) {
		Assert.notNull(header, "'header' must not be null");
		this.header = header;
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		Deadline told = this.header.read(exchange.getRequest().getHeaders().getOrEmpty(this.header.getName()));
		return (told != null) ? bounded(exchange, chain, told) : chain.filter(exchange);
	}

	private Mono<Void> bounded(ServerWebExchange exchange, WebFilterChain chain, Deadline told) {
		Duration budget = told.remaining();
		Mono<Void> timeIsUp = Mono.defer(() -> timeIsUp(exchange, budget));
		if (told.isExpired()) {
			return timeIsUp;
		}
		return chain.filter(exchange)
			.contextWrite((context) -> shortened(context, told))
			.timeout(expiry(told), timeIsUp);
	}

	private static Context shortened(Context context, Deadline told) {
		Deadline carried = context.getOrDefault(DeadlineThreadLocalAccessor.KEY, null);
		return context.put(DeadlineThreadLocalAccessor.KEY, (carried != null) ? carried.earliest(told) : told);
	}

	/**
	 * Nothing of the application runs on the timer's thread.
	 */
	private Mono<Boolean> expiry(Deadline deadline) {
		return Mono.create((sink) -> {
			DeadlineTimer.Timeout timeout = this.header.timer()
				.schedule(deadline.remainingNanos(), () -> Schedulers.parallel().schedule(() -> sink.success(true)));
			sink.onDispose(timeout::cancel);
		});
	}

	private static Mono<Void> timeIsUp(ServerWebExchange exchange, Duration budget) {
		return ProblemExchange.write(exchange, HttpProblem.TIME_IS_UP,
				new DeadlineExceededException("request", budget, budget, null));
	}

}
