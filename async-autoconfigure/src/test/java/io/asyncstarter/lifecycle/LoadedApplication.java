package io.asyncstarter.lifecycle;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import io.asyncstarter.executor.BoundedExecutor;

/**
 * An application that {@link ShutdownUnderLoadTests} runs in a virtual machine of its own,
 * with any kind of web server or none. It counts what it accepts and what ends, and says
 * so at its very end.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class LoadedApplication {

	private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true,
			StandardCharsets.UTF_8);

	public static void main(String[] args) {
		SpringApplication.run(LoadedApplication.class, args);
	}

	@Bean
	Work work(@Qualifier("io") BoundedExecutor io, @Qualifier("cpu") BoundedExecutor cpu) {
		return new Work(io, cpu);
	}

	@Bean
	DataSource dataSource(Work work) {
		return new DataSource(work);
	}

	@EventListener
	void ready(ApplicationReadyEvent event) {
		Environment environment = event.getApplicationContext().getEnvironment();
		OUT.println("ready " + environment.getProperty("local.server.port", "-"));
		if (!environment.containsProperty("local.server.port")) {
			Work work = event.getApplicationContext().getBean(Work.class);
			Thread.ofVirtual().start(() -> {
				while (work.accept()) {
					LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
				}
			});
		}
	}

	@EventListener
	void reported(ShutdownReport report) {
		OUT.println("completed " + report.completed());
		OUT.println("cancelled " + report.cancelled());
		OUT.println("abandoned " + report.abandoned());
	}

	/**
	 * What must live as long as there is work.
	 */
	static final class DataSource implements DisposableBean {

		private final Work work;

		DataSource(Work work) {
			this.work = work;
		}

		@Override
		public void destroy() {
			OUT.println("accepted " + this.work.accepted.get());
			OUT.println("ended " + this.work.ended.get());
		}

	}

	/**
	 * Tasks of each kind, on two executors.
	 */
	static final class Work {

		private final AtomicLong accepted = new AtomicLong();

		private final AtomicLong ended = new AtomicLong();

		private final BoundedExecutor io;

		private final BoundedExecutor cpu;

		Work(BoundedExecutor io, BoundedExecutor cpu) {
			this.io = io;
			this.cpu = cpu;
		}

		/**
		 * Hands in a task that needs both executors.
		 * @return whether it was accepted
		 */
		boolean accept() {
			try {
				this.io.execute(() -> {
					LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(10_000_000));
					this.cpu.submitCompletable(this.ended::incrementAndGet).join();
				});
				this.accepted.incrementAndGet();
				return true;
			}
			catch (RuntimeException ex) {
				return false;
			}
		}

		/**
		 * Hands in a task that does not end, unless, perhaps, it is interrupted.
		 */
		void acceptEndless(boolean ignoresInterrupts) {
			CountDownLatch never = new CountDownLatch(1);
			this.io.execute(() -> {
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
		}

	}

	/**
	 * What can be asked of the application.
	 */
	@RestController
	static final class Requests {

		private final Work work;

		Requests(Work work) {
			this.work = work;
		}

		@PostMapping("/tasks")
		ResponseEntity<Void> task() {
			return ResponseEntity.status((this.work.accept()) ? HttpStatus.ACCEPTED : HttpStatus.SERVICE_UNAVAILABLE)
				.build();
		}

		@PostMapping("/interruptible")
		void interruptible() {
			this.work.acceptEndless(false);
		}

		@PostMapping("/stubborn")
		void stubborn() {
			this.work.acceptEndless(true);
		}

	}

}
