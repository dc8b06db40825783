package io.asyncstarter.sample.gallery;

import java.util.List;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tells what patterns there are.
 */
@RestController
@RequestMapping("/patterns")
class PatternController {

	private final PatternCatalog catalog;

	PatternController(PatternCatalog catalog) {
		this.catalog = catalog;
	}

	@GetMapping
	List<PatternView> list() {
		return this.catalog.all().stream().map(PatternView::brief).toList();
	}

	@GetMapping("/{id}")
	PatternView get(@PathVariable String id) {
		return PatternView.detailed(this.catalog.get(id));
	}

}
