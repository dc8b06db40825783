package io.asyncstarter.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;

import io.asyncstarter.http.DeadlineExchangeFilter;
import io.asyncstarter.http.DeadlineHeader;
import io.asyncstarter.http.PolicyExchangeFilter;

/**
 * Puts {@code WebClient}s under policies: those of Boot's builder under the default one,
 * and those of HTTP service groups, which Boot customizes too, under their own in its
 * place. The policy is outermost, so that each attempt passes all other filters; the
 * deadline is told innermost.
 */
final class PolicyWebClientCustomizer implements WebClientCustomizer, WebClientHttpServiceGroupConfigurer {

	private final HttpClientSettings settings;

	private final ExchangeFilterFunction deadlineFilter;

	private final List<ExchangeFilterFunction> ofAll;

	PolicyWebClientCustomizer(HttpClientSettings settings, DeadlineHeader header) {
		this.settings = settings;
		this.deadlineFilter = new DeadlineExchangeFilter(header);
		this.ofAll = filters(settings.ofAll());
	}

	/**
	 * Returns the filters to add, from the outermost to the innermost.
	 */
	private List<ExchangeFilterFunction> filters(HttpClientSettings.Applied applied) {
		List<ExchangeFilterFunction> filters = new ArrayList<>();
		if (applied.policy() != null) {
			filters.add(PolicyExchangeFilter.of(applied.policy(), applied.options()));
		}
		if (applied.deadlineHeader()) {
			filters.add(this.deadlineFilter);
		}
		return List.copyOf(filters);
	}

	@Override
	public void customize(WebClient.Builder builder) {
		replace(List.of(), this.ofAll, builder);
	}

	@Override
	public void configureGroups(Groups<WebClient.Builder> groups) {
		groups.forEachClient((group, builder) -> {
			HttpClientSettings.Applied applied = this.settings.ofGroup(group.name());
			if (applied != null) {
				replace(this.ofAll, filters(applied), builder);
			}
		});
	}

	private void replace(List<ExchangeFilterFunction> old, List<ExchangeFilterFunction> added,
			WebClient.Builder builder) {
		// A client that has a list, even an empty one, makes more ado.
		if (old.isEmpty() && added.isEmpty()) {
			return;
		}
		builder.filters((present) -> {
			present.removeAll(old);
			added.forEach((filter) -> {
				if (filter == this.deadlineFilter) {
					present.addLast(filter);
				}
				else {
					present.addFirst(filter);
				}
			});
		});
	}

}
