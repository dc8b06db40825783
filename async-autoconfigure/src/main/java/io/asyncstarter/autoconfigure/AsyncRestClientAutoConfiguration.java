package io.asyncstarter.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.RestClient;

import io.asyncstarter.http.DeadlineHeader;
import io.asyncstarter.http.RestClientRetryAfterExtractor;
import io.asyncstarter.policy.Policies;

/**
 * Auto-configuration for policies on {@code RestClient}s, HTTP service groups included.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { AsyncPolicyAutoConfiguration.class, AsyncHttpAutoConfiguration.class })
@ConditionalOnClass({ RestClient.class, RestClientCustomizer.class })
@ConditionalOnBean({ Policies.class, DeadlineHeader.class })
public final class AsyncRestClientAutoConfiguration {

	@Bean
	PolicyRestClientCustomizer asyncRestClientCustomizer(AsyncProperties properties, Policies policies,
			DeadlineHeader header) {
		return new PolicyRestClientCustomizer(new HttpClientSettings(properties, policies), header);
	}

	@Bean
	@ConditionalOnMissingBean
	RestClientRetryAfterExtractor asyncRestClientRetryAfterExtractor() {
		return new RestClientRetryAfterExtractor();
	}

}
