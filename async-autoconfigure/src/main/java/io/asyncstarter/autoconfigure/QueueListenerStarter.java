package io.asyncstarter.autoconfigure;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.util.ReflectionUtils;

import io.asyncstarter.executor.BoundedExecutors;
import io.asyncstarter.lifecycle.PhasedShutdown;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.queue.Delivery;
import io.asyncstarter.queue.QueueConsumers;
import io.asyncstarter.queue.QueueFunction;
import io.asyncstarter.queue.WorkQueue;
import io.asyncstarter.queue.WorkQueues;

/**
 * Starts consumers for the methods that listen to queues, when all beans are there and
 * before the web server takes requests. When the context is stopped or paused, not
 * closed, the consumers pause, and go on when it is started again. When it closes they go
 * on until {@link PhasedShutdown} brings the queues to their end.
 */
final class QueueListenerStarter
		implements SmartInitializingSingleton, SmartLifecycle, ApplicationListener<ContextClosedEvent> {

	/**
	 * Right after what the consumers may need has been started, and before what brings
	 * the queues to their end stops.
	 */
	static final int PHASE = PhasedShutdown.PHASE + 1;

	private final ConfigurableListableBeanFactory beanFactory;

	private final ApplicationContext context;

	private final ObjectProvider<AsyncProperties> properties;

	private final ObjectProvider<WorkQueues> queues;

	private final ObjectProvider<Policies> policies;

	private final ObjectProvider<BoundedExecutors> executors;

	private final List<WorkQueue<?>> listenedTo = new ArrayList<>();

	private List<QueueListenerMethod> methods = List.of();

	private volatile boolean running;

	private volatile boolean closing;

	QueueListenerStarter(ConfigurableListableBeanFactory beanFactory, ApplicationContext context,
			ObjectProvider<AsyncProperties> properties, ObjectProvider<WorkQueues> queues,
			ObjectProvider<Policies> policies, ObjectProvider<BoundedExecutors> executors) {
		this.beanFactory = beanFactory;
		this.context = context;
		this.properties = properties;
		this.queues = queues;
		this.policies = policies;
		this.executors = executors;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.methods = new QueueListenerMethods(this.beanFactory).find();
		if (!this.methods.isEmpty()) {
			check().run();
		}
	}

	private QueueListenerCheck check() {
		return new QueueListenerCheck(this.beanFactory, queueProperties(), this.queues.getObject().names(),
				this.methods);
	}

	private Map<String, QueueProperties> queueProperties() {
		return this.properties.getObject().queues();
	}

	@Override
	public void start() {
		if (this.listenedTo.isEmpty()) {
			this.methods.forEach(this::start);
		}
		else {
			this.listenedTo.forEach(WorkQueue::resume);
		}
		this.running = true;
	}

	private void start(QueueListenerMethod listener) {
		WorkQueue<Object> queue = this.queues.getObject().get(listener.queue());
		QueueConsumers.Builder<Object> consumers = queue.consumers();
		QueueProperties settings = queueProperties().get(listener.queue());
		if (settings != null) {
			apply(settings, consumers);
		}
		String count = listener.annotation().consumers();
		@Nullable Integer own = (!count.isEmpty()) ? check().consumers(count) : null;
		if (own != null) {
			consumers.count(own);
		}
		var key = listener.key();
		if (key != null) {
			consumers.key(key);
		}
		this.listenedTo.add(queue);
		Object bean = this.beanFactory.getBean(listener.beanName());
		Method method = AopUtils.selectInvocableMethod(listener.method(), bean.getClass());
		ReflectionUtils.makeAccessible(method);
		QueueFunction<List<Delivery<Object>>> handler = (deliveries) -> listener.invoke(bean, method, deliveries);
		if (listener.isBatch()) {
			consumers.forEachDeliveryBatch(handler);
		}
		else {
			consumers.forEachDelivery((delivery) -> handler.apply(List.of(delivery)));
		}
	}

	private void apply(QueueProperties settings, QueueConsumers.Builder<Object> consumers) {
		consumers.count(settings.consumers());
		if (settings.policy() != null) {
			consumers.policy(this.policies.getObject().get(settings.policy()));
		}
		if (settings.executor() != null) {
			consumers.executor(this.executors.getObject().get(settings.executor()));
		}
		if (settings.batchSize() != null && settings.batchLinger() != null) {
			consumers.batch(settings.batchSize(), settings.batchLinger());
		}
		else if (settings.batchSize() != null) {
			consumers.batch(settings.batchSize());
		}
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		if (event.getApplicationContext() == this.context) {
			this.closing = true;
		}
	}

	@Override
	public void stop() {
		if (!this.closing) {
			this.listenedTo.forEach(WorkQueue::pause);
		}
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
