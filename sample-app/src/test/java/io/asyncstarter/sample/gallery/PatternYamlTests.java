package io.asyncstarter.sample.gallery;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link PatternYaml}.
 */
class PatternYamlTests {

	private static final String DOCUMENT = """
			spring:
			  application:
			    name: test
			async:
			  # by name
			  executors:
			    io: { threads: virtual }
			    io-small:
			      threads: virtual
			  policies:
			    quick: { timeout: 1s }
			    slow:
			      retry:
			        except:
			          - java.lang.Error
			""";

	@Test
	void keyIsKeptWithThoseAboveAndBeneathIt() {
		assertThat(PatternYaml.of(List.of("async.policies.slow"), DOCUMENT)).isEqualTo("""
				async:
				  policies:
				    slow:
				      retry:
				        except:
				          - java.lang.Error""");
	}

	@Test
	void keysThatBeginAlikeAreKeptApart() {
		assertThat(PatternYaml.of(List.of("async.executors.io", "async.policies.quick"), DOCUMENT)).isEqualTo("""
				async:
				  executors:
				    io: { threads: virtual }
				  policies:
				    quick: { timeout: 1s }""");
	}

	@Test
	void whenKeyIsMissingThenThatIsSaid() {
		assertThatIllegalStateException().isThrownBy(() -> PatternYaml.of(List.of("async.policies.quik"), DOCUMENT))
			.withMessageContaining("async.policies.quik");
	}

}
