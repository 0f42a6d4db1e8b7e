package io.r3mes.cache;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.List;
import java.util.regex.Pattern;

/** The order of the packages, who may use which library, and the rules of the house that byte code shows. */
@AnalyzeClasses(packages = "io.r3mes.cache", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String API = "io.r3mes.cache";
    private static final String RUNTIME = "io.r3mes.cache.runtime..";

    private static final Pattern CLOCK = Pattern.compile("java\\.time\\.\\w+\\.(now|system\\w*)"
            + "|java\\.lang\\.System\\.(currentTimeMillis|nanoTime)"
            + "|java\\.lang\\.Thread\\.sleep|java\\.util\\.concurrent\\.TimeUnit\\.sleep"
            + "|java\\.util\\.concurrent\\.locks\\.LockSupport\\.park\\w+");
    private static final Pattern THREAD = Pattern.compile("java\\.lang\\.Thread\\.(<init>|start|of\\w+)"
            + "|java\\.util\\.Timer\\.<init>|java\\.util\\.concurrent\\.(Executors\\..*|\\w*(Executor|Pool)\\.<init>)"
            + "|java\\.util\\.concurrent\\.ForkJoinPool\\.commonPool"
            + "|java\\.util\\.concurrent\\.CompletableFuture\\.(delayedExecutor|orTimeout|completeOnTimeout)");
    private static final Pattern CHANCE = Pattern.compile("java\\.lang\\.Math\\.random|java\\.util\\.UUID\\.randomUUID"
            + "|java\\.util\\.(Splittable)?Random\\.<init>|java\\.util\\.concurrent\\.ThreadLocalRandom\\.current"
            + "|java\\.util\\.random\\.RandomGenerator\\.(getDefault|of)");

    @ArchTest
    static final ArchRule packagesDependInOneDirection = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .withOptionalLayers(true)
            .layer("api")
            .definedBy(API)
            .layer("spi")
            .definedBy("io.r3mes.cache.spi..")
            .layer("engine")
            .definedBy("io.r3mes.cache.engine..")
            .layer("caffeine")
            .definedBy("io.r3mes.cache.caffeine..")
            .layer("redis")
            .definedBy("io.r3mes.cache.redis..")
            .layer("memory")
            .definedBy("io.r3mes.cache.memory..")
            .layer("codec")
            .definedBy("io.r3mes.cache.codec..")
            .layer("metrics")
            .definedBy("io.r3mes.cache.metrics..")
            .layer("runtime")
            .definedBy(RUNTIME)
            .whereLayer("api")
            .mayNotAccessAnyLayer()
            .whereLayer("spi")
            .mayOnlyAccessLayers("api")
            .whereLayer("engine")
            .mayOnlyAccessLayers("api", "spi")
            .whereLayer("caffeine")
            .mayOnlyAccessLayers("api", "spi")
            .whereLayer("redis")
            .mayOnlyAccessLayers("api", "spi")
            .whereLayer("memory")
            .mayOnlyAccessLayers("api", "spi")
            .whereLayer("codec")
            .mayOnlyAccessLayers("api", "spi")
            .whereLayer("metrics")
            .mayOnlyAccessLayers("api", "spi")
            .whereLayer("runtime")
            .mayNotBeAccessedByAnyLayer()
            .ensureAllClassesAreContainedInArchitecture();

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.r3mes.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule apiAndPortsUseTheJdkOnly = classes()
            .that()
            .resideInAnyPackage(API, "io.r3mes.cache.spi..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(API, "io.r3mes.cache.spi..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule coreKnowsNoSpring = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "org.apache.commons.logging..", "jakarta..");

    @ArchTest
    static final ArchRule onlyRedisUsesResilience4j = confined("io.r3mes.cache.redis..", "io.github.resilience4j..");

    @ArchTest
    static final ArchRule onlyCaffeineUsesCaffeine =
            confined("io.r3mes.cache.caffeine..", "com.github.benmanes.caffeine..");

    @ArchTest
    static final ArchRule onlyRedisUsesLettuce =
            confined("io.r3mes.cache.redis..", "io.lettuce..", "io.netty..", "reactor..");

    @ArchTest
    static final ArchRule onlyCodecUsesJackson =
            confined("io.r3mes.cache.codec..", "tools.jackson..", "com.fasterxml.jackson..");

    @ArchTest
    static final ArchRule onlyMetricsUsesMicrometerAndSketches =
            confined("io.r3mes.cache.metrics..", "io.micrometer..", "org.apache.datasketches..");

    @ArchTest
    static final ArchRule timeThreadsAndChanceAreInjected = noClasses()
            .that()
            .resideOutsideOfPackage(RUNTIME)
            .should()
            .accessTargetWhere(anyOf("a clock or a sleep", CLOCK)
                    .or(anyOf("a thread of its own", THREAD))
                    .or(anyOf("a source of chance", CHANCE)))
            .because("only the runtime may choose a clock, a thread or a source of chance; take them from Environment");

    @ArchTest
    static final ArchRule namesSayWhatATypeIs = noClasses()
            .should()
            .haveNameMatching(".*[.$](Abstract[^.$]*|[^.$]*(Utils?|Impl|Helper))")
            .because("a name says what a type is, not how it is built");

    @ArchTest
    static final ArchRule classesAreFinal = classes()
            .that()
            .areTopLevelClasses()
            .and()
            .areNotInterfaces()
            .and()
            .areNotEnums()
            .and()
            .doNotBelongToAnyOf(ValueType.class)
            .should()
            .haveModifier(FINAL);

    @ArchTest
    static final ArchRule noStaticStateChanges =
            fields().that().areStatic().should().beFinal();

    @ArchTest
    static final ArchRule noStandardStreams = GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

    @ArchTest
    static final ArchRule noJavaUtilLogging = GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

    @ArchTest
    static void engineShowsAtMostTwoTypes(JavaClasses classes) {
        List<String> shown = classes.stream()
                .filter(type -> type.getPackageName().startsWith("io.r3mes.cache.engine"))
                .filter(type -> type.isTopLevelClass() && type.getModifiers().contains(PUBLIC))
                .map(JavaClass::getSimpleName)
                .toList();
        assertThat(shown).as("public types of the engine").hasSizeLessThanOrEqualTo(2);
    }

    private static ArchRule confined(String user, String... libraries) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(user)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries)
                .because("one adapter per library keeps the library replaceable");
    }

    /** Matches calls and method references alike. */
    private static DescribedPredicate<JavaAccess<?>> anyOf(String description, Pattern members) {
        return describe(description, access -> {
            String member = access.getTarget().getOwner().getName() + "."
                    + access.getTarget().getName();
            return members.matcher(member).matches();
        });
    }
}
