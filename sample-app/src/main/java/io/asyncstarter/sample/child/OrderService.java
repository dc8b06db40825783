package io.asyncstarter.sample.child;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.lifecycle.ShutdownReport;
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.task.Tasks;

/**
 * A service with an executor, a queue, background tasks, and a warehouse that all of them
 * need until they have ended.
 *
 * @since 0.1.0
 */
public final class OrderService implements AutoCloseable {

	private static final String ORDERS = "orders";

	private final AnnotationConfigApplicationContext context;

	private final Beans beans;

	private final BoundedExecutor orders;

	private final WorkQueue<Runnable> mails;

	private final Tasks tasks;

	private final Warehouse warehouse;

	@SuppressWarnings("unchecked")
	private OrderService(AnnotationConfigApplicationContext context) {
		this.context = context;
		this.beans = context.getBean(Beans.class);
		this.orders = context.getBean(BoundedExecutors.class).get(ORDERS);
		this.mails = context.getBean("mails", WorkQueue.class);
		this.tasks = context.getBean(Tasks.class);
		this.warehouse = context.getBean(Warehouse.class);
	}

	/**
	 * Start the service.
	 * @param grace how long work has to end by itself when the service closes
	 * @param cancel how long it has to end when it was cancelled then
	 * @return the service
	 */
	public static OrderService start(Duration grace, Duration cancel) {
		AnnotationConfigApplicationContext context = ServiceContext
			.of(Map.of("async.executors.orders.max-concurrency", 4, "async.executors.orders.queue-capacity", 1000,
					"async.shutdown.grace-period", grace, "async.shutdown.cancel-period", cancel));
		context.register(Beans.class);
		context.refresh();
		return new OrderService(context);
	}

	/**
	 * The executor that orders are worked on by, four at once.
	 * @return the executor
	 */
	public BoundedExecutor orders() {
		return this.orders;
	}

	/**
	 * The queue of mails, which two consumers send.
	 * @return the queue
	 */
	public WorkQueue<Runnable> mails() {
		return this.mails;
	}

	/**
	 * The groups and background tasks.
	 * @return the tasks
	 */
	public Tasks tasks() {
		return this.tasks;
	}

	/**
	 * What all work needs, as it would a data source.
	 * @return the warehouse
	 */
	public Warehouse warehouse() {
		return this.warehouse;
	}

	/**
	 * Close the application context, as SIGTERM does.
	 * @return what became of the work
	 */
	public ShutdownReport shutDown() {
		this.context.close();
		ShutdownReport report = this.beans.report;
		if (report == null) {
			throw new IllegalStateException("There was no report");
		}
		return report;
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * The beans of the service.
	 */
	static final class Beans {

		private volatile @Nullable ShutdownReport report;

		@Bean
		WorkQueue<Runnable> mails() {
			WorkQueue<Runnable> mails = WorkQueue.<Runnable>builder("mails").capacity(1000).build();
			mails.consumers().count(2).forEach(Runnable::run);
			return mails;
		}

		@Bean
		Warehouse warehouse() {
			return new Warehouse();
		}

		@EventListener
		void keep(ShutdownReport report) {
			this.report = report;
		}

	}

	/**
	 * What all work needs.
	 *
	 * @since 0.1.0
	 */
	public static final class Warehouse implements DisposableBean {

		private final AtomicInteger used = new AtomicInteger();

		private final AtomicInteger usedInVain = new AtomicInteger();

		private volatile boolean closed;

		/**
		 * Use the warehouse.
		 */
		public void use() {
			((this.closed) ? this.usedInVain : this.used).incrementAndGet();
		}

		/**
		 * Count the uses.
		 * @return how often it was used
		 */
		public int used() {
			return this.used.get();
		}

		/**
		 * Count the uses that came too late.
		 * @return how often it was to be used, and closed already
		 */
		public int usedInVain() {
			return this.usedInVain.get();
		}

		@Override
		public void destroy() {
			this.closed = true;
		}

	}

}
