package io.asyncstarter.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.client.WebClient;

import io.asyncstarter.http.DeadlineHeader;
import io.asyncstarter.http.WebClientRetryAfterExtractor;
import io.asyncstarter.policy.Policies;

/**
 * Auto-configuration for policies on {@code WebClient}s, HTTP service groups included.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { AsyncPolicyAutoConfiguration.class, AsyncHttpAutoConfiguration.class })
@ConditionalOnClass({ WebClient.class, WebClientCustomizer.class })
@ConditionalOnBean({ Policies.class, DeadlineHeader.class })
public final class AsyncWebClientAutoConfiguration {

	@Bean
	PolicyWebClientCustomizer asyncWebClientCustomizer(AsyncProperties properties, Policies policies,
			DeadlineHeader header) {
		return new PolicyWebClientCustomizer(new HttpClientSettings(properties, policies), header);
	}

	@Bean
	@ConditionalOnMissingBean
	WebClientRetryAfterExtractor asyncWebClientRetryAfterExtractor() {
		return new WebClientRetryAfterExtractor();
	}

}
