package io.asyncstarter.sample.readme;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.springframework.beans.factory.annotation.Qualifier;
import reactor.core.publisher.Mono;

import io.asyncstarter.queue.DeadLetter;
import io.asyncstarter.queue.QueueListener;
import io.asyncstarter.queue.WorkQueue;

/**
 * The producer and the listeners of the page on queues.
 */
class Newsletter {

	final Queue<Email> delivered = new ConcurrentLinkedQueue<>();

	final Queue<DeadLetter<Email>> failed = new ConcurrentLinkedQueue<>();

	private final WorkQueue<Email> emails;

	Newsletter(@Qualifier("emails") WorkQueue<Email> emails) {
		this.emails = emails;
	}

	void put(Email email) throws InterruptedException {
		this.emails.put(email); // waits for room, interruptible
	}

	boolean offer(Email email) throws InterruptedException {
		return this.emails.offer(email, Duration.ofMillis(100)); // waits for a time
	}

	CompletableFuture<?> send(Email email) {
		return this.emails.send(email); // no thread waits
	}

	Mono<Void> sendMono(Email email) {
		return this.emails.reactive().send(email); // nor here
	}

	@QueueListener("emails")
	void on(Email email) {
		deliver(email);
	}

	@QueueListener("emails-failed")
	void on(Email email, DeadLetter<Email> why) {
		tellSupport(email, why);
	}

	private void deliver(Email email) {
		if (email.to().isEmpty()) {
			throw new IllegalArgumentException("nobody to send it to");
		}
		this.delivered.add(email);
	}

	private void tellSupport(Email email, DeadLetter<Email> why) {
		if (email.equals(why.item())) {
			this.failed.add(why);
		}
	}

	record Email(String to, String subject) {

	}

}
