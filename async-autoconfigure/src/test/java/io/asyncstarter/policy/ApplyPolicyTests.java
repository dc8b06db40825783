package io.asyncstarter.policy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AliasFor;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for methods under {@link ApplyPolicy @ApplyPolicy}: what is called, how often,
 * and what comes of it.
 */
@Timeout(60)
class ApplyPolicyTests {

	private final Policy retrying = Policy.builder("retrying")
		.retry((retry) -> retry.maxAttempts(3).backoff(Duration.ZERO))
		.build();

	private final Policy plain = Policy.builder("plain").build();

	private <T> T bean(Class<T> type) {
		return new PolicyContext(this.retrying, this.plain).with(type).bean(type);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void valueIsRetriedForBothKindsOfProxies(boolean byInterface) throws Exception {
		Greeter greeter = new PolicyContext(this.retrying).byInterface(byInterface)
			.with(Greetings.class)
			.bean(Greeter.class);

		assertThat(AopUtils.isJdkDynamicProxy(greeter)).isEqualTo(byInterface);
		assertThat(greeter.greet("Ada", 2)).isEqualTo("Ada at attempt 3");
		assertThat(this.retrying.getCount(PolicyEventKind.RETRIED)).isEqualTo(2);
		assertThat(this.retrying.getCount(PolicyEventKind.SUCCEEDED)).isOne();
	}

	@Test
	void everyShapeIsRetried() throws Exception {
		Shapes shapes = bean(Shapes.class);

		assertThat(shapes.future(2).get()).isEqualTo("attempt 3");
		assertThat(shapes.stage(2).toCompletableFuture().get()).isEqualTo("attempt 3");
		StepVerifier.create(shapes.mono(2)).expectNext("attempt 3").verifyComplete();
		StepVerifier.create(shapes.flux(2)).expectNext("attempt", "3").verifyComplete();
		StepVerifier.create(JdkFlowAdapter.flowPublisherToFlux(shapes.flow(2)))
			.expectNext("attempt 3")
			.verifyComplete();
		shapes.nothing(2);
		assertThat(shapes.primitive(2)).isEqualTo(3);
		assertThat(this.retrying.getCount(PolicyEventKind.SUCCEEDED)).isEqualTo(7);
		assertThat(this.retrying.getCount(PolicyEventKind.RETRIED)).isEqualTo(14);
	}

	@Test
	void reactiveMethodIsCalledOnSubscriptionAndAnewForEach() {
		Shapes shapes = bean(Shapes.class);

		Mono<String> mono = shapes.mono(1);

		assertThat(shapes.attempts()).isZero();
		StepVerifier.create(mono).expectNext("attempt 2").verifyComplete();
		StepVerifier.create(mono).expectNext("attempt 3").verifyComplete();
	}

	@Test
	void stageThatThrowsOrIsNullFailsTheFuture() throws Exception {
		Shapes shapes = bean(Shapes.class);

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> shapes.throwing().get())
			.withCauseInstanceOf(IOException.class);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> shapes.noStage().get())
			.withMessageContaining("was given no stage but null");
		StepVerifier.create(shapes.noMono()).verifyErrorMessage("The method returned no Mono but null");
	}

	@Test
	void declaredExceptionIsRethrownUnchanged() {
		Failing failing = bean(Failing.class);

		IOException failure = new IOException("checked");

		assertThatExceptionOfType(IOException.class).isThrownBy(() -> failing.checked(failure)).isSameAs(failure);
		assertThatExceptionOfType(LinkageError.class).isThrownBy(failing::error).withMessage("error");
	}

	@Test
	void interruptIsThrownWhereItIsDeclared() {
		Failing failing = bean(Failing.class);

		assertThatExceptionOfType(InterruptedException.class).isThrownBy(failing::interrupted);
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	void interruptIsTranslatedWhereItIsNotDeclared() throws Exception {
		Policy waiting = Policy.builder("plain").bulkhead(1, Duration.ofMinutes(1)).build();
		Failing failing = new PolicyContext(waiting, this.retrying).with(Failing.class).bean(Failing.class);
		CountDownLatch entered = new CountDownLatch(1);
		CompletableFuture<Void> gate = new CompletableFuture<>();
		Thread holder = Thread.startVirtualThread(() -> failing.hold(entered, gate));
		entered.await();

		try {
			Thread.currentThread().interrupt();

			assertThatExceptionOfType(CallInterruptedException.class).isThrownBy(() -> failing.hold(entered, gate))
				.withCauseInstanceOf(InterruptedException.class)
				.withMessage("A call through policy 'plain' was interrupted")
				.satisfies((ex) -> assertThat(ex.getPolicyName()).isEqualTo("plain"));
			assertThat(Thread.interrupted()).isTrue();
		}
		finally {
			gate.complete(null);
			holder.join();
		}
	}

	@Test
	void annotationOfInterfaceGenericParentAndTypeIsFound() {
		Inheriting inheriting = bean(Inheriting.class);

		assertThat(inheriting.ofInterface()).isEqualTo("ofInterface");
		assertThat(inheriting.load("generic")).isEqualTo("generic");
		Loader<String> loader = inheriting;
		assertThat(loader.load("bridge")).isEqualTo("bridge");
		assertThat(inheriting.inherited()).isEqualTo("inherited");
		assertThat(this.plain.getCount(PolicyEventKind.SUCCEEDED)).isEqualTo(4);
		assertThat(inheriting.without()).isEqualTo("without");
		assertThat(this.plain.getCount(PolicyEventKind.SUCCEEDED)).isEqualTo(4);
	}

	@Test
	void genericInterfaceMethodIsFoundByInterfaceProxy() {
		@SuppressWarnings("unchecked")
		Loader<String> loader = new PolicyContext(this.plain).byInterface(true)
			.with(StringLoader.class)
			.bean(Loader.class);

		assertThat(AopUtils.isJdkDynamicProxy(loader)).isTrue();
		assertThat(loader.load("bridge")).isEqualTo("bridge");
		assertThat(this.plain.getCount(PolicyEventKind.SUCCEEDED)).isOne();
	}

	@Test
	void annotationOfMethodGoesBeforeThatOfType() {
		OnType onType = bean(OnType.class);

		onType.ofType();
		onType.ofType();
		onType.ofMethod();
		assertThat(onType.toString()).isEqualTo("toString");

		assertThat(this.plain.getCount(PolicyEventKind.SUCCEEDED)).isEqualTo(2);
		assertThat(this.retrying.getCount(PolicyEventKind.SUCCEEDED)).isOne();
	}

	@Test
	void typeAnnotationIsForSubclassesButNotForAncestors() {
		OnSubclass bean = bean(OnSubclass.class);

		bean.ofAncestor();
		assertThat(this.plain.getCount(PolicyEventKind.SUCCEEDED)).isZero();

		bean.ofType();
		bean.own();
		assertThat(this.plain.getCount(PolicyEventKind.SUCCEEDED)).isEqualTo(2);
	}

	@Test
	void metaAnnotationPassesItsAttributesOn() {
		Meta meta = bean(Meta.class);

		assertThat(meta.call("value")).isEqualTo("fallback of value");
		assertThat(this.retrying.getCount(PolicyEventKind.FALLBACK_USED)).isOne();
	}

	@Test
	void nameMayBeAPlaceholder() {
		Placeholder bean = bean(Placeholder.class);

		bean.call();

		assertThat(this.plain.getCount(PolicyEventKind.SUCCEEDED)).isOne();
	}

	@Test
	void selfInvocationIsNotIntercepted() {
		SelfCalling bean = bean(SelfCalling.class);

		bean.outer();

		assertThat(this.plain.getCount(PolicyEventKind.SUCCEEDED)).isZero();
	}

	@Test
	void hedgedAttemptsAreBesideEachOther() {
		Policy hedged = Policy.builder("plain").hedge(Duration.ofMillis(1), 1).build();
		Hedged bean = new PolicyContext(hedged).with(Hedged.class).bean(Hedged.class);

		assertThat(bean.call()).isEqualTo("second");
		assertThat(hedged.getCount(PolicyEventKind.HEDGED)).isOne();
	}

	@Test
	void methodMayBeCalledBeforeAllBeansExist() {
		CallsEarly bean = new PolicyContext(this.plain).with(CallsEarly.class, Early.class).bean(CallsEarly.class);

		assertThat(bean.answer).isEqualTo("early");
		assertThat(this.plain.getCount(PolicyEventKind.SUCCEEDED)).isOne();
	}

	@Test
	void argumentsOfLaterAttemptsAreThoseOfTheCall() {
		Shapes shapes = bean(Shapes.class);

		assertThat(shapes.arguments("a", "b")).isEqualTo("a b 3");
	}

	@Test
	void cancellationIsNotRetriedNorAnswered() {
		Failing failing = bean(Failing.class);

		assertThatExceptionOfType(CancellationException.class).isThrownBy(failing::cancelled);
		assertThat(failing.attempts()).isOne();
		assertThat(failing.answers()).isZero();
	}

	@Test
	void methodThatThrowsAnotherExceptionThanItsFallbackAnswersForFailsWithIt() {
		Failing failing = bean(Failing.class);

		assertThatIllegalStateException().isThrownBy(failing::unanswered).withMessage("unanswered");
		assertThat(this.plain.getCount(PolicyEventKind.FALLBACK_FAILED)).isZero();
		assertThat(this.plain.getCount(PolicyEventKind.FALLBACK_USED)).isZero();
	}

	interface Greeter {

		String greet(String name, int failures) throws IOException;

	}

	static class Greetings implements Greeter {

		private int attempts;

		@Override
		@ApplyPolicy("retrying")
		public String greet(String name, int failures) throws IOException {
			if (++this.attempts <= failures) {
				throw new FileNotFoundException(name);
			}
			return "%s at attempt %d".formatted(name, this.attempts);
		}

	}

	static class Shapes {

		private final AtomicInteger attempts = new AtomicInteger();

		int attempts() {
			return this.attempts.get();
		}

		private int attempt(int failures) {
			int attempt = this.attempts.incrementAndGet();
			if (attempt <= failures) {
				throw new IllegalStateException("attempt " + attempt);
			}
			this.attempts.compareAndSet(3, 0);
			return attempt;
		}

		@ApplyPolicy("retrying")
		CompletableFuture<String> future(int failures) {
			return CompletableFuture.supplyAsync(() -> "attempt " + attempt(failures));
		}

		@ApplyPolicy("retrying")
		CompletionStage<String> stage(int failures) {
			return CompletableFuture.completedFuture("attempt " + attempt(failures));
		}

		@ApplyPolicy("retrying")
		Mono<String> mono(int failures) {
			String value = "attempt " + this.attempts.incrementAndGet();
			return (this.attempts.get() <= failures) ? Mono.error(new IllegalStateException(value))
					: Mono.just(value).doOnNext((element) -> {
						if (failures == 2) {
							this.attempts.set(0);
						}
					});
		}

		@ApplyPolicy("retrying")
		Flux<String> flux(int failures) {
			return Flux.just("attempt", Integer.toString(attempt(failures)));
		}

		@ApplyPolicy("retrying")
		Flow.Publisher<String> flow(int failures) {
			return JdkFlowAdapter.publisherToFlowPublisher(Flux.just("attempt " + attempt(failures)));
		}

		@ApplyPolicy("retrying")
		void nothing(int failures) {
			attempt(failures);
		}

		@ApplyPolicy("retrying")
		int primitive(int failures) {
			return attempt(failures);
		}

		@ApplyPolicy("retrying")
		String arguments(String first, String second) {
			return first + " " + second + " " + attempt(2);
		}

		@ApplyPolicy("plain")
		CompletableFuture<String> throwing() throws IOException {
			throw new IOException("thrown");
		}

		@ApplyPolicy("plain")
		@SuppressWarnings("NullAway") // the mistake that is tested
		CompletableFuture<String> noStage() {
			return null;
		}

		@ApplyPolicy("plain")
		@SuppressWarnings("NullAway") // the mistake that is tested
		Mono<String> noMono() {
			return null;
		}

	}

	static class Failing {

		private int attempts;

		private int answers;

		int attempts() {
			return this.attempts;
		}

		int answers() {
			return this.answers;
		}

		@ApplyPolicy("plain")
		String checked(IOException failure) throws IOException {
			throw failure;
		}

		@ApplyPolicy("plain")
		String error() {
			throw new LinkageError("error");
		}

		@ApplyPolicy("plain")
		void interrupted() throws InterruptedException {
			throw new InterruptedException();
		}

		@ApplyPolicy("plain")
		void hold(CountDownLatch entered, CompletableFuture<Void> gate) {
			entered.countDown();
			gate.join();
		}

		@ApplyPolicy(value = "retrying", fallbackMethod = "answer")
		String cancelled() {
			this.attempts++;
			throw new CancellationException();
		}

		@ApplyPolicy(value = "plain", fallbackMethod = "answerIo")
		String unanswered() {
			throw new IllegalStateException("unanswered");
		}

		String answer() {
			this.answers++;
			return "answer";
		}

		String answerIo(IOException failure) {
			return "answer";
		}

	}

	interface Loader<T> {

		@ApplyPolicy("plain")
		T load(T value);

	}

	static class StringLoader implements Loader<String> {

		@Override
		public String load(String value) {
			return value;
		}

	}

	abstract static class Parent {

		@ApplyPolicy("plain")
		String inherited() {
			return "inherited";
		}

		@ApplyPolicy("plain")
		abstract String ofInterface();

	}

	static class Inheriting extends Parent implements Loader<String> {

		@Override
		public String load(String value) {
			return value;
		}

		@Override
		String ofInterface() {
			return "ofInterface";
		}

		String without() {
			return "without";
		}

	}

	@ApplyPolicy("plain")
	static class OnType {

		void ofType() {
		}

		@ApplyPolicy("retrying")
		void ofMethod() {
		}

		@Override
		public String toString() {
			return "toString";
		}

	}

	static class Ancestor {

		void ofAncestor() {
		}

	}

	@ApplyPolicy("plain")
	static class OnMiddle extends Ancestor {

		void ofType() {
		}

	}

	static class OnSubclass extends OnMiddle {

		void own() {
		}

	}

	@ApplyPolicy("none")
	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@interface Guarded {

		@AliasFor(annotation = ApplyPolicy.class, attribute = "value")
		String policy();

		@AliasFor(annotation = ApplyPolicy.class, attribute = "fallbackMethod")
		String otherwise();

	}

	static class Meta {

		@Guarded(policy = "retrying", otherwise = "fallback")
		String call(String value) {
			throw new IllegalStateException(value);
		}

		String fallback(String value) {
			return "fallback of " + value;
		}

	}

	static class Placeholder {

		@ApplyPolicy("${policy.of.placeholder:plain}")
		void call() {
		}

	}

	static class SelfCalling {

		void outer() {
			inner();
		}

		@ApplyPolicy("plain")
		void inner() {
		}

	}

	static class Hedged {

		private final AtomicInteger attempts = new AtomicInteger();

		@ApplyPolicy("plain")
		String call() {
			if (this.attempts.incrementAndGet() == 1) {
				CompletableFuture<String> never = new CompletableFuture<>();
				try {
					return never.get();
				}
				catch (InterruptedException | ExecutionException ex) {
					throw new IllegalStateException(ex);
				}
			}
			return "second";
		}

	}

	static class Early {

		@ApplyPolicy("plain")
		String call() {
			return "early";
		}

	}

	static class CallsEarly {

		private final String answer;

		CallsEarly(Early early) {
			this.answer = early.call();
		}

	}

}
