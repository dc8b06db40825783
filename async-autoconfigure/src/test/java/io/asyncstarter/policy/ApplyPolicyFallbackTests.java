package io.asyncstarter.policy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ApplyPolicy#fallbackMethod()}.
 */
@Timeout(60)
class ApplyPolicyFallbackTests {

	private final Policy policy = Policy.builder("plain").build();

	private <T> T bean(Class<T> type) {
		return new PolicyContext(this.policy).with(type).bean(type);
	}

	@Test
	void mostSpecificFailureAnswers() throws Exception {
		Overloads overloads = bean(Overloads.class);

		assertThat(overloads.load("a", 1, new FileNotFoundException("f"))).isEqualTo("no file a");
		assertThat(overloads.load("a", 1, new IOException("f"))).isEqualTo("io a 1 f");
		assertThat(overloads.load("a", 1, new IllegalStateException("f"))).isEqualTo("any");
		assertThatExceptionOfType(LinkageError.class).isThrownBy(() -> overloads.load("a", 1, new LinkageError()));
		assertThat(this.policy.getCount(PolicyEventKind.FALLBACK_USED)).isEqualTo(3);
	}

	@Test
	void fallbackMayBePrivateStaticInheritedOrOfAnInterface() {
		Kinds kinds = bean(Kinds.class);

		assertThat(kinds.privately()).isEqualTo("private");
		assertThat(kinds.statically()).isEqualTo("static");
		assertThat(kinds.inherited()).isEqualTo("overridden");
		assertThat(kinds.inheritedPrivate()).isEqualTo("private of parent");
		assertThat(kinds.byInterface()).isEqualTo("interface");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void typeVariablesAreThoseOfTheBean(boolean byInterface) {
		@SuppressWarnings("unchecked")
		Loader<String> loader = new PolicyContext(this.policy).byInterface(byInterface)
			.with(StringLoader.class)
			.bean(Loader.class);

		assertThat(loader.load("a")).isEqualTo("fallback of a");
	}

	@Test
	void moreSpecificArgumentsWin() {
		assertThat(bean(Narrow.class).load("a")).isEqualTo("string a");
	}

	@Test
	void fallbackOfStageAndPublisherMayReturnTheValue() throws Exception {
		Values values = bean(Values.class);

		assertThat(values.future().get()).isEqualTo("value");
		assertThat(values.stage().toCompletableFuture().get()).isEqualTo("stage");
		assertThat(values.ofVoid().get()).isNull();
		StepVerifier.create(values.mono()).expectNext("value").verifyComplete();
		StepVerifier.create(values.monoOfMono()).expectNext("mono").verifyComplete();
		StepVerifier.create(values.flux()).expectNext("value").verifyComplete();
		StepVerifier.create(values.fluxOfFlux()).expectNext("a", "b").verifyComplete();
		StepVerifier.create(JdkFlowAdapter.flowPublisherToFlux(values.flow())).expectNext("value").verifyComplete();
		StepVerifier.create(values.monoOfNull()).verifyComplete();
	}

	@Test
	void policysOwnFallbackAnswersWhereTheMethodHasNone() {
		Policy answering = Policy.builder("plain").fallback((failure) -> "policy").build();
		Own own = new PolicyContext(answering).with(Own.class).bean(Own.class);

		assertThat(own.without()).isEqualTo("policy");
		assertThat(own.with()).isEqualTo("method");
		StepVerifier.create(JdkFlowAdapter.flowPublisherToFlux(own.flow())).expectNext("policy").verifyComplete();
	}

	@Test
	void fallbackThatFailsKeepsTheFailure() {
		Kinds kinds = bean(Kinds.class);

		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(kinds::failing)
			.withMessage("fallback")
			.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement()
				.extracting(Throwable::getMessage)
				.isEqualTo("failing"));
		assertThat(this.policy.getCount(PolicyEventKind.FALLBACK_FAILED)).isOne();
	}

	@Test
	void fallbackThatThrowsTheFailureAgainDidNotFail() {
		Kinds kinds = bean(Kinds.class);

		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(kinds::passingOn).withMessage("passingOn");
		assertThat(this.policy.getCount(PolicyEventKind.FALLBACK_FAILED)).isZero();
	}

	@SuppressWarnings({ "UnusedMethod", "UnusedVariable" }) // found by name
	static class Overloads {

		@ApplyPolicy(value = "plain", fallbackMethod = "otherwise")
		String load(String name, int number, Throwable failure) throws IOException {
			if (failure instanceof IOException ex) {
				throw ex;
			}
			if (failure instanceof RuntimeException ex) {
				throw ex;
			}
			throw (Error) failure;
		}

		String otherwise(Exception failure) {
			return "any";
		}

		private String otherwise(String name, int number, Throwable argument, IOException failure) {
			return "io %s %d %s".formatted(name, number, failure.getMessage());
		}

		private String otherwise(String name, FileNotFoundException failure) {
			return "no file " + name;
		}

		int otherwise(String name, int number, int doesNotFit) {
			return 0;
		}

	}

	interface WithDefault {

		default String ofInterface() {
			return "interface";
		}

	}

	@SuppressWarnings({ "UnusedMethod", "UnusedVariable" }) // found by name
	static class KindsParent {

		protected String ofParent() {
			return "parent";
		}

		private String hidden() {
			return "private of parent";
		}

	}

	@SuppressWarnings({ "UnusedMethod", "UnusedVariable" }) // found by name
	static class Kinds extends KindsParent implements WithDefault {

		@ApplyPolicy(value = "plain", fallbackMethod = "ofThis")
		String privately() {
			throw new IllegalStateException("privately");
		}

		private String ofThis() {
			return "private";
		}

		@ApplyPolicy(value = "plain", fallbackMethod = "ofClass")
		String statically() {
			throw new IllegalStateException("statically");
		}

		static String ofClass() {
			return "static";
		}

		@ApplyPolicy(value = "plain", fallbackMethod = "ofParent")
		String inherited() {
			throw new IllegalStateException("inherited");
		}

		@Override
		protected String ofParent() {
			return "overridden";
		}

		@ApplyPolicy(value = "plain", fallbackMethod = "hidden")
		String inheritedPrivate() {
			throw new IllegalStateException("inheritedPrivate");
		}

		@ApplyPolicy(value = "plain", fallbackMethod = "ofInterface")
		String byInterface() {
			throw new IllegalStateException("byInterface");
		}

		@ApplyPolicy(value = "plain", fallbackMethod = "fail")
		String failing() {
			throw new IllegalStateException("failing");
		}

		String fail() {
			throw new IllegalArgumentException("fallback");
		}

		@ApplyPolicy(value = "plain", fallbackMethod = "passOn")
		String passingOn() {
			throw new IllegalStateException("passingOn");
		}

		String passOn(Throwable failure) throws Throwable {
			throw failure;
		}

	}

	interface Loader<T> {

		T load(T value);

	}

	abstract static class BaseLoader<T> implements Loader<T> {

		@Override
		@ApplyPolicy(value = "plain", fallbackMethod = "otherwise")
		public T load(T value) {
			throw new IllegalStateException();
		}

	}

	static class StringLoader extends BaseLoader<String> {

		String otherwise(String value, Throwable failure) {
			return "fallback of " + value;
		}

	}

	static class Narrow {

		@ApplyPolicy(value = "plain", fallbackMethod = "otherwise")
		String load(String value) {
			throw new IllegalStateException();
		}

		String otherwise(Object value) {
			return "object " + value;
		}

		String otherwise(String value) {
			return "string " + value;
		}

		String otherwise(CharSequence value) {
			return "sequence " + value;
		}

	}

	static class Values {

		@ApplyPolicy(value = "plain", fallbackMethod = "value")
		CompletableFuture<String> future() {
			return CompletableFuture.failedFuture(new IOException());
		}

		@ApplyPolicy(value = "plain", fallbackMethod = "stageValue")
		CompletionStage<String> stage() {
			return CompletableFuture.failedFuture(new IOException());
		}

		@ApplyPolicy(value = "plain", fallbackMethod = "nothing")
		CompletableFuture<@Nullable Void> ofVoid() {
			return CompletableFuture.failedFuture(new IOException());
		}

		@ApplyPolicy(value = "plain", fallbackMethod = "value")
		Mono<String> mono() {
			return Mono.error(new IOException());
		}

		@ApplyPolicy(value = "plain", fallbackMethod = "monoValue")
		Mono<String> monoOfMono() {
			return Mono.error(new IOException());
		}

		@ApplyPolicy(value = "plain", fallbackMethod = "noValue")
		Mono<String> monoOfNull() {
			return Mono.error(new IOException());
		}

		@ApplyPolicy(value = "plain", fallbackMethod = "value")
		Flux<String> flux() {
			return Flux.error(new IOException());
		}

		@ApplyPolicy(value = "plain", fallbackMethod = "fluxValue")
		Flux<String> fluxOfFlux() {
			return Flux.error(new IOException());
		}

		@ApplyPolicy(value = "plain", fallbackMethod = "value")
		Flow.Publisher<String> flow() {
			return JdkFlowAdapter.publisherToFlowPublisher(Flux.error(new IOException()));
		}

		String value() {
			return "value";
		}

		CompletableFuture<String> stageValue(IOException failure) {
			return CompletableFuture.completedFuture("stage");
		}

		void nothing() {
		}

		Mono<String> monoValue() {
			return Mono.just("mono");
		}

		@Nullable String noValue() {
			return null;
		}

		Flux<String> fluxValue() {
			return Flux.just("a", "b");
		}

	}

	static class Own {

		@ApplyPolicy("plain")
		String without() {
			throw new IllegalStateException();
		}

		@ApplyPolicy(value = "plain", fallbackMethod = "method")
		String with() {
			throw new IllegalStateException();
		}

		@ApplyPolicy("plain")
		Flow.Publisher<String> flow() {
			return JdkFlowAdapter.publisherToFlowPublisher(Flux.error(new IOException()));
		}

		String method() {
			return "method";
		}

	}

}
