package io.asyncstarter.benchmarks.comingfrom;

import java.io.IOException;
import java.util.concurrent.Callable;

import io.asyncstarter.policy.ApplyPolicy;
import io.asyncstarter.policy.Policies;
import io.asyncstarter.policy.Policy;

/**
 * With the annotation, and with the policy itself.
 */
class WithApplyPolicy {

	private final Repositories repositories;

	private final Policy policy;

	WithApplyPolicy(Repositories repositories, Policies policies) {
		this.repositories = repositories;
		this.policy = policies.get("github");
	}

	// tag::annotation[]
	@ApplyPolicy(value = "github", fallbackMethod = "unknown")
	String name(long id) throws IOException {
		return this.repositories.load(id);
	}

	String unknown(long id, Exception failure) {
		return "unknown";
	}
	// end::annotation[]

	String inCode(long id) throws Exception {
		Callable<String> work = () -> this.repositories.load(id);
		// tag::code[]
		return this.policy.call(null, work, (failure) -> "unknown");
		// end::code[]
	}

}
