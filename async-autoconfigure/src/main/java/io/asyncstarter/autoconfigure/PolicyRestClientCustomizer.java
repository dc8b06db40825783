package io.asyncstarter.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;

import io.asyncstarter.http.DeadlineHeader;
import io.asyncstarter.http.DeadlineRequestInterceptor;
import io.asyncstarter.http.PolicyRequestInterceptor;

/**
 * Puts {@code RestClient}s under policies: those of Boot's builder under the default one,
 * and those of HTTP service groups, which Boot customizes too, under their own in its
 * place. The policy is outermost, so that each attempt passes all other interceptors; the
 * deadline is told innermost.
 */
final class PolicyRestClientCustomizer implements RestClientCustomizer, RestClientHttpServiceGroupConfigurer {

	private final HttpClientSettings settings;

	private final ClientHttpRequestInterceptor deadlineInterceptor;

	private final List<ClientHttpRequestInterceptor> ofAll;

	PolicyRestClientCustomizer(HttpClientSettings settings, DeadlineHeader header) {
		this.settings = settings;
		this.deadlineInterceptor = new DeadlineRequestInterceptor(header);
		this.ofAll = interceptors(settings.ofAll());
	}

	/**
	 * Returns the interceptors to add, from the outermost to the innermost.
	 */
	private List<ClientHttpRequestInterceptor> interceptors(HttpClientSettings.Applied applied) {
		List<ClientHttpRequestInterceptor> interceptors = new ArrayList<>();
		if (applied.policy() != null) {
			interceptors.add(PolicyRequestInterceptor.of(applied.policy(), applied.options()));
		}
		if (applied.deadlineHeader()) {
			interceptors.add(this.deadlineInterceptor);
		}
		return List.copyOf(interceptors);
	}

	@Override
	public void customize(RestClient.Builder builder) {
		replace(List.of(), this.ofAll, builder);
	}

	@Override
	public void configureGroups(Groups<RestClient.Builder> groups) {
		groups.forEachClient((group, builder) -> {
			HttpClientSettings.Applied applied = this.settings.ofGroup(group.name());
			if (applied != null) {
				replace(this.ofAll, interceptors(applied), builder);
			}
		});
	}

	private void replace(List<ClientHttpRequestInterceptor> old, List<ClientHttpRequestInterceptor> added,
			RestClient.Builder builder) {
		// A client that has a list, even an empty one, makes more ado.
		if (old.isEmpty() && added.isEmpty()) {
			return;
		}
		builder.requestInterceptors((present) -> {
			present.removeAll(old);
			added.forEach((interceptor) -> {
				if (interceptor == this.deadlineInterceptor) {
					present.addLast(interceptor);
				}
				else {
					present.addFirst(interceptor);
				}
			});
		});
	}

}
