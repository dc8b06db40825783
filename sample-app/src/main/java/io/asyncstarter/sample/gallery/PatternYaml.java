package io.asyncstarter.sample.gallery;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The parts of {@code application.yml} that a pattern lives by, as they are written
 * there: this application runs with them.
 */
final class PatternYaml {

	private static final String FILE = "application.yml";

	private PatternYaml() {
	}

	static String of(List<String> keys) {
		try (InputStream file = PatternYaml.class.getClassLoader().getResourceAsStream(FILE)) {
			if (file == null) {
				throw new IllegalStateException("'%s' is not on the class path".formatted(FILE));
			}
			return of(keys, new String(file.readAllBytes(), StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Keep of a document the lines of some keys, of what is beneath them, and of the keys
	 * above them.
	 */
	static String of(List<String> keys, String document) {
		List<String> missing = new ArrayList<>(keys);
		List<String> kept = new ArrayList<>();
		Deque<Key> path = new ArrayDeque<>();
		for (String line : document.lines().filter(PatternYaml::isContent).toList()) {
			if (!line.strip().startsWith("-")) {
				enter(path, line);
			}
			String here = path.getLast().path();
			if (keys.stream().anyMatch((key) -> isOnTheWay(here, key) || isOnTheWay(key, here))) {
				kept.add(line.stripTrailing());
				missing.remove(here);
			}
		}
		if (!missing.isEmpty()) {
			throw new IllegalStateException("'%s' has no %s".formatted(FILE, missing));
		}
		return String.join("\n", kept);
	}

	private static boolean isContent(String line) {
		return !line.isBlank() && !line.strip().startsWith("#");
	}

	// leave the keys that a line is not beneath, and enter its own
	private static void enter(Deque<Key> path, String line) {
		String text = line.strip();
		int indent = line.indexOf(text.charAt(0));
		while (!path.isEmpty() && path.getLast().indent() >= indent) {
			path.removeLast();
		}
		String name = text.replaceFirst(":.*", "");
		path.addLast(new Key(path.isEmpty() ? name : path.getLast().path() + "." + name, indent));
	}

	private static boolean isOnTheWay(String key, String other) {
		return other.equals(key) || other.startsWith(key + ".");
	}

	/**
	 * A key that the reader is beneath.
	 *
	 * @param path the whole key
	 * @param indent how far its line is indented
	 */
	private record Key(String path, int indent) {

	}

}
