package io.asyncstarter.sample.gallery;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.io.support.ResourcePatternResolver;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tells which pages of the documentation there are. The build copies them to the static
 * resources.
 */
@RestController
class DocsController {

	private static final String ROOT = "/static/docs/";

	private static final String SUFFIX = ".md";

	private final List<String> pages;

	DocsController() throws IOException {
		ResourcePatternResolver resolver = new PathMatchingResourcePatternResolver();
		this.pages = Arrays.stream(resolver.getResources("classpath:" + ROOT + "**/*" + SUFFIX))
			.map((page) -> page.toString())
			.map((page) -> page.substring(page.lastIndexOf(ROOT) + ROOT.length(), page.lastIndexOf(SUFFIX)))
			.sorted()
			.toList();
	}

	@GetMapping("/docs")
	List<String> pages() {
		return this.pages;
	}

}
