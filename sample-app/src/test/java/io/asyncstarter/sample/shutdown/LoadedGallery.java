package io.asyncstarter.sample.shutdown;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.lifecycle.ShutdownReport;
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.task.Tasks;

/**
 * What {@link ShutdownUnderLoadIT} adds to the packaged gallery: work of each kind, on
 * request, that is counted when it is accepted and when it has ended. Not a configuration
 * that is found by itself, so that other tests do not have it.
 */
final class LoadedGallery {

	private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true,
			StandardCharsets.UTF_8);

	@Bean
	WorkQueue<Runnable> notices() {
		WorkQueue<Runnable> notices = WorkQueue.<Runnable>builder("notices").capacity(1000).build();
		notices.consumers().count(4).forEach(Runnable::run);
		return notices;
	}

	@Bean
	Work work(BoundedExecutors executors, Tasks tasks, @Qualifier("notices") WorkQueue<Runnable> notices) {
		return new Work(executors, tasks, notices);
	}

	@Bean
	RouterFunction<ServerResponse> requestsForWork(Work work) {
		AtomicLong arrived = new AtomicLong();
		return RouterFunctions.route().POST("/work", (request) -> answer(work::accept)).POST("/stuck", (request) -> {
			boolean ignores = request.queryParam("ignores").isPresent();
			return answer(() -> work.acceptEndless(ignores));
		}).GET("/slow", (request) -> {
			arrived.incrementAndGet();
			return Mono.delay(Duration.ofMillis(1500)).then(ServerResponse.ok().build());
		}).GET("/slow/arrived", (request) -> ServerResponse.ok().bodyValue(arrived.get())).build();
	}

	private static Mono<ServerResponse> answer(BooleanSupplier acceptance) {
		return ServerResponse.status((acceptance.getAsBoolean()) ? HttpStatus.ACCEPTED : HttpStatus.SERVICE_UNAVAILABLE)
			.build();
	}

	@EventListener
	void ready(ApplicationReadyEvent event) {
		OUT.println("ready " + event.getApplicationContext().getEnvironment().getProperty("local.server.port"));
	}

	@EventListener
	void reported(ShutdownReport report) {
		OUT.println("cancelled " + report.cancelled());
		OUT.println("abandoned " + report.abandoned());
	}

	/**
	 * Work of each kind: tasks on two executors, groups, background tasks and items of a
	 * queue. Lives as long as there may be work, as a data source does.
	 */
	static final class Work implements DisposableBean {

		private final AtomicLong accepted = new AtomicLong();

		private final AtomicLong ended = new AtomicLong();

		private final BoundedExecutors executors;

		private final Tasks tasks;

		private final WorkQueue<Runnable> notices;

		Work(BoundedExecutors executors, Tasks tasks, WorkQueue<Runnable> notices) {
			this.executors = executors;
			this.tasks = tasks;
			this.notices = notices;
		}

		/**
		 * Hands in one piece of work of each kind.
		 * @return whether at least the first was accepted
		 */
		boolean accept() {
			try {
				this.executors.get("io").execute(this::group);
				this.accepted.incrementAndGet();
			}
			catch (RuntimeException ex) {
				return false;
			}
			try {
				this.tasks.background("invoice", this::work);
				this.accepted.incrementAndGet();
				if (this.notices.offer(this::work)) {
					this.accepted.incrementAndGet();
				}
			}
			catch (RuntimeException ex) {
				// not accepted, so not counted
			}
			return true;
		}

		// in a group, with the help of another executor
		private void group() {
			try {
				this.tasks.inGroup("order", (group) -> {
					group.fork("user", Executors.callable(this::pause));
					group.fork("stock", () -> this.executors.get("cpu").submit(this::pause).get());
					return 0;
				});
				this.ended.incrementAndGet();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		private void work() {
			pause();
			this.ended.incrementAndGet();
		}

		private void pause() {
			LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(5_000_000));
		}

		/**
		 * Hands in a task that does not end, unless, perhaps, it is interrupted.
		 */
		boolean acceptEndless(boolean ignoresInterrupts) {
			CountDownLatch never = new CountDownLatch(1);
			this.executors.get("io").execute(() -> {
				boolean goOn = true;
				while (goOn) {
					try {
						never.await();
					}
					catch (InterruptedException ex) {
						goOn = ignoresInterrupts;
					}
				}
			});
			this.accepted.incrementAndGet();
			return true;
		}

		@Override
		public void destroy() {
			OUT.println("accepted " + this.accepted.get());
			OUT.println("ended " + this.ended.get());
		}

	}

}
