package io.asyncstarter.lifecycle;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
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
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.task.Tasks;

/**
 * An application that {@link ShutdownUnderLoadTests} runs in a virtual machine of its
 * own, with any kind of web server or none. It counts what it accepts and what ends, and
 * says so at its very end.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class LoadedApplication {

	private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true,
			StandardCharsets.UTF_8);

	public static void main(String[] args) {
		SpringApplication.run(LoadedApplication.class, args);
	}

	@Bean
	Tasks tasks() {
		return Tasks.create();
	}

	@Bean
	WorkQueue<Runnable> queue() {
		WorkQueue<Runnable> queue = WorkQueue.<Runnable>builder("mails").capacity(1000).build();
		queue.consumers().count(4).forEach(Runnable::run);
		return queue;
	}

	@Bean
	Work work(@Qualifier("io") BoundedExecutor io, @Qualifier("cpu") BoundedExecutor cpu, Tasks tasks,
			WorkQueue<Runnable> queue) {
		return new Work(io, cpu, tasks, queue);
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
	 * Work of each kind: tasks on two executors, groups, background tasks and items of a
	 * queue.
	 */
	static final class Work {

		private final AtomicLong accepted = new AtomicLong();

		private final AtomicLong ended = new AtomicLong();

		private final BoundedExecutor io;

		private final BoundedExecutor cpu;

		private final Tasks tasks;

		private final WorkQueue<Runnable> queue;

		Work(BoundedExecutor io, BoundedExecutor cpu, Tasks tasks, WorkQueue<Runnable> queue) {
			this.io = io;
			this.cpu = cpu;
			this.tasks = tasks;
			this.queue = queue;
		}

		/**
		 * Hands in one piece of work of each kind.
		 * @return whether at least the first was accepted
		 */
		boolean accept() {
			try {
				this.io.execute(this::group);
				this.accepted.incrementAndGet();
			}
			catch (RuntimeException ex) {
				return false;
			}
			try {
				this.tasks.background("mail", this::work);
				this.accepted.incrementAndGet();
				if (this.queue.offer(this::work)) {
					this.accepted.incrementAndGet();
				}
			}
			catch (RuntimeException ex) {
				// Not accepted, so not counted.
			}
			return true;
		}

		/**
		 * Is done in a group, with the help of the other executor.
		 */
		private void group() {
			try {
				this.tasks.inGroup("dashboard", (group) -> {
					group.fork("user", Executors.callable(this::pause));
					group.fork("orders", () -> this.cpu.submit(this::pause).get());
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
