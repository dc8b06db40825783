package io.asyncstarter.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.Compiled;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;

import io.asyncstarter.executor.BoundedExecutor;
import io.asyncstarter.executor.BoundedExecutors;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ahead-of-time processing: the context is generated, compiled and run.
 */
@Timeout(60)
class AsyncAotTests {

	@Test
	@CompileWithForkedClassLoader // the generated code is in our package and uses what is
									// private to it
	void generatedContextHasTheConfiguredExecutorsWithTheValuesOfTheRun() {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.register(AsyncExecutorAutoConfiguration.class);
		TestPropertyValues.of("async.executors.orders.max-concurrency=3").applyTo(context);
		TestGenerationContext generationContext = new TestGenerationContext();
		ClassName initializer = new ApplicationContextAotGenerator().processAheadOfTime(context, generationContext);
		generationContext.writeGeneratedContent();

		TestCompiler.forSystem().with(generationContext).compile((compiled) -> start(compiled, initializer));
	}

	@SuppressWarnings("unchecked") // the generated class is one
	private static void start(Compiled compiled, ClassName initializer) {
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			TestPropertyValues.of("async.executors.orders.max-concurrency=4").applyTo(context);
			compiled.getInstance(ApplicationContextInitializer.class, initializer.toString()).initialize(context);
			context.refresh();

			assertThat(context.getBean(BoundedExecutors.class).names()).containsExactly("cpu", "io", "orders");
			assertThat(context.getBean("orders", BoundedExecutor.class).getMaxConcurrency()).isEqualTo(4);
			assertThat(context.getDefaultListableBeanFactory().getMergedBeanDefinition("orders").isAutowireCandidate())
				.isTrue();
		}
	}

}
