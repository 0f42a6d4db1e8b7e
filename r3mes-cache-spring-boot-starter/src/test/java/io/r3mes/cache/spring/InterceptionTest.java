package io.r3mes.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r3mes.cache.CacheConfigurationException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;

@ExtendWith(OutputCaptureExtension.class)
class InterceptionTest {

    static Stream<Arguments> combinations() {
        return Stream.of(true, false)
                .flatMap(aspectj -> Stream.of("true", "false", "")
                        .flatMap(auto ->
                                Stream.of("true", "false", "").map(proxy -> Arguments.of(aspectj, auto, proxy))));
    }

    @ParameterizedTest(name = "aspectj {0}, spring.aop.auto={1}, proxy-target-class={2}")
    @MethodSource("combinations")
    void interceptsWhateverTheAopSettings(boolean aspectj, String auto, String proxyTargetClass) {
        ApplicationContextRunner contexts = Contexts.withUserInfo()
                .withBean("classes", Concrete.class)
                .withBean("interfaces", Implementation.class)
                .withClassLoader(aspectj ? getClass().getClassLoader() : new FilteredClassLoader("org.aspectj"));
        if (!auto.isEmpty()) {
            contexts = contexts.withPropertyValues("spring.aop.auto=" + auto);
        }
        if (!proxyTargetClass.isEmpty()) {
            contexts = contexts.withPropertyValues("spring.aop.proxy-target-class=" + proxyTargetClass);
        }
        contexts.run(context -> {
            Concrete concrete = context.getBean(Concrete.class);
            assertThat(concrete.read("w1")).isEqualTo(1);
            assertThat(concrete.read("w1")).isEqualTo(1);
            Repository repository = context.getBean(Repository.class);
            assertThat(repository.find("w1")).isEqualTo(1);
            assertThat(repository.find("w1")).isEqualTo(1);
            assertThat(repository.other("w1")).isEqualTo(2);
            assertThat(repository.other("w1")).isEqualTo(2);
            assertThat(AopUtils.isJdkDynamicProxy(repository)).isEqualTo(proxyTargetClass.equals("false"));
        });
    }

    @Test
    void interceptsBeansOfEveryKind() {
        Contexts.withUserInfo().withUserConfiguration(Kinds.class).run(context -> {
            for (String bean : List.of("lazy", "declared", "prototype")) {
                Concrete concrete = (Concrete) context.getBean(bean);
                assertThat(AopUtils.isAopProxy(concrete)).as(bean).isTrue();
            }
            assertThat(context.getBean("lazy", Concrete.class).read("w1")).isEqualTo(1);
            assertThat(context.getBean("declared", Concrete.class).read("w1")).isEqualTo(1);
        });
    }

    @Test
    void explainsAnAnnotationThatTheDeclaredTypeHides() {
        Contexts.inMemory().withUserConfiguration(Hiding.class).run(context -> {
            Repository repository = context.getBean(Repository.class);
            assertThat(repository.other("w1")).isEqualTo(1);
            assertThatThrownBy(() -> repository.find("w1"))
                    .isInstanceOf(CacheConfigurationException.class)
                    .hasMessageContaining("'found' does not exist because the bean's declared type hides")
                    .hasMessageContaining("return type of its @Bean method");
        });
        Contexts.inMemory()
                .withUserConfiguration(Hiding.class)
                .withPropertyValues("r3mes.cache.caches.found.key=found:{id}")
                .run(context -> {
                    Repository repository = context.getBean(Repository.class);
                    assertThat(repository.find("w1")).isEqualTo(repository.find("w1"));
                });
    }

    @Test
    void warnsOfMethodsThatCannotBeIntercepted(CapturedOutput output) {
        Contexts.inMemory()
                .withBean(FinalMethod.class)
                .withBean(PrivateMethod.class)
                .withBean(StaticMethod.class)
                .withBean(FinalClass.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(output)
                            .contains("FinalMethod.read(String id) have no effect because it is final")
                            .contains("PrivateMethod.read(String id) have no effect because it is private")
                            .contains("StaticMethod.read(String id) have no effect because it is static")
                            .contains("FinalClass.read(String id) have no effect because its class is final");
                });
    }

    @Test
    void warnsOfAWarmerThatLeavesTheEntryCold(CapturedOutput output) {
        Contexts.inMemory()
                .withBean(SlowWarmer.class)
                .run(context -> assertThat(output)
                        .contains("The warmer 'cold' runs every 300s, but entries of the cache 'cold' live 60s"));
    }

    @Test
    void saysWhatItFoundInOneLine(CapturedOutput output) {
        Contexts.withUserInfo()
                .withBean(SlowWarmer.class)
                .run(context -> assertThat(output).contains("r3mes-cache: 2 caches, in memory, 1 warmer"));
    }

    @Test
    void worksWithoutOptionalLibraries() {
        Contexts.withUserInfo()
                .withBean(Concrete.class)
                .withClassLoader(new FilteredClassLoader(
                        "org.aspectj",
                        "io.micrometer",
                        "org.springframework.boot.health",
                        "org.springframework.transaction",
                        "org.springframework.boot.transaction"))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context).doesNotHaveBean("r3mesCacheHealthIndicator");
                    assertThat(context).doesNotHaveBean("r3mesCacheMeterBinder");
                    assertThat(context.getBean(Concrete.class).read("w1")).isEqualTo(1);
                    assertThat(context.getBean(Concrete.class).read("w1")).isEqualTo(1);
                });
    }

    public static class Concrete {

        private final AtomicInteger calls = new AtomicInteger();

        @R3mesCacheable("user-info")
        public int read(String wallet) {
            return calls.incrementAndGet();
        }
    }

    public interface Repository {

        int find(String id);

        @R3mesCacheable(cache = "other", key = "other:{id}")
        int other(String id);
    }

    public static class Implementation implements Repository {

        private final AtomicInteger calls = new AtomicInteger();

        @Override
        @R3mesCacheable(cache = "found", key = "found:{id}")
        public int find(String id) {
            return calls.incrementAndGet();
        }

        @Override
        public int other(String id) {
            return calls.incrementAndGet();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Hiding {

        @Bean
        @Lazy
        Repository repository() {
            return new Implementation();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Kinds {

        @Bean
        @Lazy
        Concrete lazy() {
            return new Concrete();
        }

        @Bean
        Concrete declared() {
            return new Concrete();
        }

        @Bean
        @Scope("prototype")
        Concrete prototype() {
            return new Concrete();
        }
    }

    static class FinalMethod {
        @R3mesCacheable(cache = "a", key = "a:{id}")
        public final int read(String id) {
            return 1;
        }
    }

    @SuppressWarnings({"UnusedMethod", "UnusedVariable"})
    static class PrivateMethod {
        @R3mesCacheable(cache = "b", key = "b:{id}")
        private int read(String id) {
            return 1;
        }
    }

    static class StaticMethod {
        @R3mesCacheable(cache = "c", key = "c:{id}")
        public static int read(String id) {
            return 1;
        }
    }

    static final class FinalClass {
        @R3mesCacheable(cache = "d", key = "d:{id}")
        public int read(String id) {
            return 1;
        }
    }

    static class SlowWarmer {
        @R3mesCacheable(cache = "cold", key = "cold", ttl = "1m")
        @R3mesCacheWarm(every = "5m")
        public int read() {
            return 1;
        }
    }
}
