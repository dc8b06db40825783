package io.asyncstarter.sample.readme;

import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import io.asyncstarter.task.Outcome;
import io.asyncstarter.task.Subtask;
import io.asyncstarter.task.TaskGroup;
import io.asyncstarter.task.TaskGroupException;
import io.asyncstarter.task.Tasks;

/**
 * What the README and the page on tasks do with groups and verbs.
 */
class Groups {

	private final Tasks tasks;

	private final List<String> skipped = new ArrayList<>();

	private final List<Thumbnail> stored = new ArrayList<>();

	Groups(Tasks tasks) {
		this.tasks = tasks;
	}

	String dashboard(Users users, Orders orders, long id) throws InterruptedException {
		Tasks tasks = this.tasks;
		try (TaskGroup group = tasks.group("dashboard")) {
			Subtask<String> user = group.fork("user", () -> users.name(id));
			Subtask<String> order = group.fork("order", () -> orders.last(id));
			group.join(); // both have succeeded, or this throws
			return user.get() + " ordered " + order.get();
		}
	}

	List<String> load(List<String> files) throws InterruptedException {
		Tasks tasks = this.tasks;
		try {
			tasks.inGroup("import", (group) -> {
				files.forEach((file) -> group.fork(file, () -> load(file)));
				return null;
			});
		}
		catch (TaskGroupException ex) {
			// all failures are there
			ex.handle(NoSuchFileException.class, this::skip).rethrow();
		}
		return this.skipped;
	}

	private String load(String file) throws NoSuchFileException {
		if (file.startsWith("broken")) {
			throw new IllegalStateException(file);
		}
		throw new NoSuchFileException(file);
	}

	private void skip(List<? extends NoSuchFileException> failures) {
		failures.forEach((failure) -> this.skipped.add(failure.getFile()));
	}

	Seen verbs(Users users, Orders orders, Iterable<String> images, long id) throws Exception {
		Tasks tasks = this.tasks;
		List<String> both = tasks.gather(() -> users.name(id), () -> orders.last(id));

		// what is late has failed by then
		List<Outcome<Health>> checks = tasks.using("health", (options) -> options.deadline(Duration.ofSeconds(2)))
			.settle(Tasks.named("db", this::db), Tasks.named("mail", this::mail));

		try (Stream<Thumbnail> thumbnails = tasks.mapping(images, 20, this::thumbnail).executor("cpu").stream()) {
			thumbnails.limit(100).forEach(this::store);
		}
		return new Seen(both, checks, this.stored);
	}

	private Health db() {
		return new Health(true);
	}

	private Health mail() {
		throw new IllegalStateException("no answer");
	}

	private Thumbnail thumbnail(String image) {
		return new Thumbnail(image, Thread.currentThread().getName());
	}

	private void store(Thumbnail thumbnail) {
		this.stored.add(thumbnail);
	}

	@Nullable String bridges(Orders jdbc, long id) throws Exception {
		Tasks tasks = this.tasks;
		// on executor io; cancelling interrupts
		Mono<String> report = tasks.reactive().blocking(() -> jdbc.report(id));

		// on a thread that may block
		String joined = tasks.reactive().join(report);
		return joined;
	}

	interface Users {

		String name(long id) throws Exception;

	}

	interface Orders {

		String last(long id) throws Exception;

		default String report(long id) throws Exception {
			return "report of %s on %s".formatted(last(id), Thread.currentThread().getName());
		}

	}

	record Health(boolean up) {

	}

	record Thumbnail(String image, String thread) {

	}

	record Seen(List<String> both, List<Outcome<Health>> checks, List<Thumbnail> stored) {

	}

}
