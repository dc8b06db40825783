package io.asyncstarter.autoconfigure;

import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.Assert;

import io.asyncstarter.context.WorkObserver;
import io.asyncstarter.deadline.DeadlineTimer;
import io.asyncstarter.queue.DeadLetterHandler;
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.queue.WorkQueueBuilder;
import io.asyncstarter.queue.WorkQueueCustomizer;

/**
 * Builds one of the configured queues. A factory bean has a bean definition without code
 * in it, which is what ahead-of-time processing needs.
 */
final class WorkQueueFactoryBean implements FactoryBean<WorkQueue<?>>, DisposableBean {

	private static final Log logger = LogFactory.getLog(WorkQueue.class);

	private final WorkQueue<Object> queue;

	WorkQueueFactoryBean(String name, AsyncProperties properties, BeanFactory beanFactory,
			ObjectProvider<WorkQueueCustomizer> customizers, ObjectProvider<WorkObserver> observer,
			ObjectProvider<DeadlineTimer> timer) {
		QueueProperties settings = properties.queues().get(name);
		Assert.state(settings != null, () -> "There is no '%s.%s'".formatted(QueueCheck.QUEUES, name));
		WorkQueueBuilder<Object> builder = WorkQueue.builder(name)
			.capacity(settings.capacity())
			.whenFull(settings.whenFull())
			.carryContext(settings.carryContext())
			.carryDeadline(settings.carryDeadline())
			.measured(true);
		if (settings.maxWait() != null) {
			builder.maxWait(settings.maxWait());
		}
		if (settings.deadLetter() != null) {
			deadLetters(builder, beanFactory.getBean(settings.deadLetter()));
		}
		observer.ifUnique(builder::observer);
		timer.ifUnique(builder::timer);
		customizers.orderedStream().forEach((customizer) -> customizer.customize(name, builder));
		this.queue = builder.build();
	}

	@SuppressWarnings("unchecked") // both take letters of whatever items
	private static void deadLetters(WorkQueueBuilder<Object> builder, Object target) {
		if (target instanceof WorkQueue<?> queue) {
			builder.deadLetters((WorkQueue<Object>) queue);
		}
		else {
			builder.deadLetters((DeadLetterHandler<Object>) target);
		}
	}

	@Override
	public WorkQueue<?> getObject() {
		return this.queue;
	}

	@Override
	public Class<?> getObjectType() {
		return WorkQueue.class;
	}

	/**
	 * The last resort, when the context closes without a shutdown in order, as it does
	 * when it fails to start.
	 */
	@Override
	public void destroy() {
		List<Object> left = this.queue.shutdownNow();
		if (!left.isEmpty()) {
			logger.warn("Queue '%s' leaves %d items behind: %s".formatted(this.queue.getName(), left.size(), left));
		}
	}

}
