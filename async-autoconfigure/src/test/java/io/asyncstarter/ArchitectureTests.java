package io.asyncstarter;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the shape of the library: which package may use which, and the rules that
 * Spring Boot keeps for its own auto-configurations.
 */
class ArchitectureTests {

	private static final String ROOT = "io.asyncstarter";

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages(ROOT);

	@Test
	void packagesAreFreeOfCycles() {
		SlicesRuleDefinition.slices()
			.matching(ROOT + ".(*)..")
			.should()
			.beFreeOfCycles()
			.allowEmptyShould(true)
			.check(CLASSES);
	}

	@ParameterizedTest
	@MethodSource("arrows")
	void conceptUsesOnlyWhatItMayUse(String concept, List<String> mayUse) {
		String[] allowed = Stream.concat(Stream.of(concept), mayUse.stream())
			.map((name) -> ROOT + "." + name + "..")
			.toArray(String[]::new);
		DescribedPredicate<JavaClass> ours = JavaClass.Predicates.resideInAPackage(ROOT + "..");
		DescribedPredicate<JavaClass> outsideAllowed = ours
			.and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(allowed)))
			.as("that %s may not use", concept);

		ArchRuleDefinition.noClasses()
			.that()
			.resideInAPackage(ROOT + "." + concept + "..")
			.should()
			.dependOnClassesThat(outsideAllowed)
			.allowEmptyShould(true)
			.check(CLASSES);
	}

	@Test
	void everyPackageIsAConceptWithKnownArrows() {
		List<String> concepts = arrows().map((arrow) -> (String) arrow.get()[0]).toList();
		String[] known = Stream.concat(concepts.stream(), Stream.of("review", "actuate", "autoconfigure"))
			.map((name) -> ROOT + "." + name + "..")
			.toArray(String[]::new);

		ArchRuleDefinition.classes().should().resideInAnyPackage(known).allowEmptyShould(true).check(CLASSES);
	}

	@Test
	void onlyAutoconfigureAndActuateUseSpringBoot() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages(ROOT + ".autoconfigure..", ROOT + ".actuate..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.boot..")
			.allowEmptyShould(true)
			.check(CLASSES);
	}

	@Test
	void onlyAutoconfigureUsesAutoconfigure() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackage(ROOT + ".autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage(ROOT + ".autoconfigure..")
			.allowEmptyShould(true)
			.check(CLASSES);
	}

	@Test
	void autoConfigurationsArePublicFinal() {
		ArchRuleDefinition.classes()
			.that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.andShould()
			.haveSimpleNameEndingWith("AutoConfiguration")
			.allowEmptyShould(true)
			.check(CLASSES);
	}

	@Test
	void autoConfigurationsAreListed() {
		List<String> annotated = CLASSES.stream()
			.filter((type) -> type.isAnnotatedWith(AutoConfiguration.class))
			.map(JavaClass::getName)
			.sorted()
			.toList();

		List<String> listed = StreamSupport
			.stream(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()).spliterator(), false)
			.filter((name) -> name.startsWith(ROOT + "."))
			.toList();

		assertThat(listed).as("sorted entries of the imports file").isEqualTo(annotated);
	}

	@Test
	void beanMethodsArePackagePrivate() {
		ArchRuleDefinition.methods()
			.that()
			.areAnnotatedWith(Bean.class)
			.should()
			.bePackagePrivate()
			.allowEmptyShould(true)
			.check(CLASSES);
	}

	@Test
	void nothingSleeps() {
		DescribedPredicate<JavaAccess<?>> sleep = DescribedPredicate.describe("target is a sleep",
				(access) -> access.getTarget().getName().equals("sleep")
						&& (access.getTargetOwner().isAssignableTo(Thread.class)
								|| access.getTargetOwner().isEquivalentTo(TimeUnit.class)));

		ArchRuleDefinition.noClasses().should().accessTargetWhere(sleep).allowEmptyShould(true).check(CLASSES);
	}

	@Test
	void nothingWritesToStandardStreams() {
		GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.allowEmptyShould(true).check(CLASSES);
	}

	@Test
	void nothingPrintsStackTraces() {
		DescribedPredicate<JavaAccess<?>> print = DescribedPredicate.describe("target is printStackTrace",
				(access) -> access.getTarget().getName().equals("printStackTrace")
						&& access.getTargetOwner().isAssignableTo(Throwable.class));

		ArchRuleDefinition.noClasses().should().accessTargetWhere(print).allowEmptyShould(true).check(CLASSES);
	}

	@Test
	void everyPackageIsNullMarked() {
		TreeSet<String> unmarked = new TreeSet<>();
		for (JavaClass type : CLASSES) {
			JavaPackage owner = type.getPackage();
			if (!owner.isAnnotatedWith(NullMarked.class)) {
				unmarked.add(owner.getName());
			}
		}

		assertThat(unmarked).as("packages without @NullMarked in a package-info.java").isEmpty();
	}

	private static Stream<Arguments> arrows() {
		return Stream.of(arrow("context"), arrow("deadline", "context"), arrow("executor", "context", "deadline"),
				arrow("policy", "context", "deadline", "executor"),
				arrow("task", "context", "deadline", "executor", "policy"),
				arrow("queue", "context", "deadline", "executor", "policy", "task"),
				arrow("resource", "context", "deadline"), arrow("http", "context", "deadline", "executor", "policy"),
				arrow("monitor"), arrow("sync", "context", "deadline"),
				arrow("lifecycle", "context", "deadline", "executor", "policy", "task", "queue", "resource", "http",
						"monitor", "sync"),
				arrow("testing", "context", "deadline", "executor", "policy", "task", "queue", "sync"));
	}

	private static Arguments arrow(String concept, String... mayUse) {
		return Arguments.of(concept, Arrays.asList(mayUse));
	}

}
