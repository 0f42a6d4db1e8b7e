package io.r3mes.cache.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.springframework.boot.autoconfigure.AutoConfiguration;

/** The order of the packages, and what may be confined to few classes. */
@AnalyzeClasses(packages = "io.r3mes.cache.spring", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.r3mes.cache.(spring..)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule annotationsKnowNothingElse = noClasses()
            .that()
            .resideInAPackage("io.r3mes.cache.spring")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.r3mes.cache.spring.interceptor..", "io.r3mes.cache.spring.autoconfigure..");

    @ArchTest
    static final ArchRule adviceKnowsNoAutoConfiguration = noClasses()
            .that()
            .resideInAPackage("..interceptor..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..autoconfigure..", "org.springframework.data..", "io.lettuce..");

    @ArchTest
    static final ArchRule transactionsAreOptional = noClasses()
            .that()
            .doNotHaveSimpleName("SpringTransactions")
            .and()
            .doNotHaveSimpleName("PendingChanges")
            .and()
            .doNotHaveSimpleName("Phase")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework.transaction..");

    @ArchTest
    static final ArchRule autoConfigurationsArePublicAndFinal = classes()
            .that()
            .areAnnotatedWith(AutoConfiguration.class)
            .should()
            .bePublic()
            .andShould()
            .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL);
}
