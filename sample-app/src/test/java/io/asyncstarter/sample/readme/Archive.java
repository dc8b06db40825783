package io.asyncstarter.sample.readme;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Async;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.asyncstarter.queue.QueueListener;
import io.asyncstarter.queue.WorkQueue;

/**
 * The pipeline and the listener of the page on streams.
 */
class Archive {

	final Queue<Text> index = new ConcurrentLinkedQueue<>();

	private final WorkQueue<Text> texts;

	Archive(@Qualifier("texts") WorkQueue<Text> texts) {
		this.texts = texts;
	}

	@QueueListener("scans")
	void recognise(Scan scan) throws InterruptedException {
		this.texts.put(textOf(scan)); // waits while there are enough of them
	}

	@QueueListener("texts")
	void store(Text text) {
		this.index.add(text);
	}

	Flux<Text> store(Flux<Scan> scans) {
		return scans.flatMap(this::recognised, 2, 1).flatMap(this::stored, 4, 1);
	}

	@Async("events")
	@EventListener
	void on(OrderPlaced order) {
		confirm(order);
	}

	private Mono<Text> recognised(Scan scan) {
		return Mono.fromSupplier(() -> textOf(scan));
	}

	private Mono<Text> stored(Text text) {
		return Mono.fromCallable(() -> {
			this.index.add(text);
			return text;
		});
	}

	private Text textOf(Scan scan) {
		return new Text("text of " + scan.file());
	}

	private void confirm(OrderPlaced order) {
		this.index.add(new Text("order " + order.number()));
	}

	record Scan(String file) {

	}

	record Text(String content) {

	}

	record OrderPlaced(int number) {

	}

}
