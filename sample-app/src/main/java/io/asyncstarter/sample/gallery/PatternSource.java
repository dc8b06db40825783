package io.asyncstarter.sample.gallery;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

import org.springframework.aop.support.AopUtils;
import org.springframework.util.ClassUtils;

/**
 * The Java source of a pattern, as it was compiled: the build copies it to the class
 * path.
 *
 * @param file the name of the file
 * @param code the parts between {@code // tag::run[]} and {@code // end::run[]}, or all
 * of it if it has no such lines
 * @param full the whole file
 */
record PatternSource(String file, String code, String full) {

	private static final String ROOT = "pattern-sources/";

	private static final String BEGIN = "// tag::run[]";

	private static final String END = "// end::run[]";

	static PatternSource of(Pattern pattern) {
		Class<?> type = AopUtils.getTargetClass(pattern);
		String path = ROOT + ClassUtils.convertClassNameToResourcePath(type.getName()) + ".java";
		try (InputStream source = PatternSource.class.getClassLoader().getResourceAsStream(path)) {
			if (source == null) {
				throw new IllegalStateException(
						"'%s' is not on the class path; build sample-app with Maven".formatted(path));
			}
			String full = new String(source.readAllBytes(), StandardCharsets.UTF_8);
			return new PatternSource(type.getSimpleName() + ".java", regions(full), withoutTags(full));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String regions(String full) {
		StringBuilder regions = new StringBuilder();
		boolean inside = false;
		for (String line : full.lines().toList()) {
			String tag = line.strip();
			if (tag.equals(BEGIN) || tag.equals(END)) {
				inside = tag.equals(BEGIN);
				regions.append(inside ? "" : "\n");
			}
			else if (inside) {
				regions.append(line).append('\n');
			}
		}
		return regions.isEmpty() ? full : regions.toString().stripTrailing().stripIndent();
	}

	private static String withoutTags(String full) {
		return full.lines()
			.filter((line) -> !line.strip().equals(BEGIN) && !line.strip().equals(END))
			.collect(Collectors.joining("\n"));
	}

}
