package io.asyncstarter.sample.readme;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import reactor.core.publisher.Mono;

import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;

/**
 * The calls of the page on policies.
 */
class Github {

	// tag::readme[]
	private final Policy github;

	Github(Policies policies) {
		this.github = policies.get("github");
	}

	String value(long id) throws Exception {
		return this.github.call(() -> load(id));
	}

	CompletionStage<String> stage(long id) {
		return this.github.stage(() -> CompletableFuture.supplyAsync(() -> load(id)));
	}

	Mono<String> mono(long id) {
		return this.github.mono(Mono.fromSupplier(() -> load(id)));
	}
	// end::readme[]

	private String load(long id) {
		if (id < 0) {
			throw new IllegalStateException("no such repository");
		}
		return "repository " + id;
	}

}
