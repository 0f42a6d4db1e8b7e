package io.r3mes.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CacheKeyException;
import io.r3mes.cache.CacheManager;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.AliasFor;

class CacheableTest {

    private static void run(BiConsumer<Reads, CacheManager> test) {
        Contexts.inMemory()
                .withBean(Reads.class)
                .withPropertyValues("r3mes.cache.caches.configured.key=configured:{id}")
                .run(context -> test.accept(context.getBean(Reads.class), context.getBean(CacheManager.class)));
    }

    @Test
    void servesTheSecondCallFromTheCache() {
        run((reads, manager) -> {
            assertThat(reads.info("w1")).isEqualTo(new Info("w1", 1));
            assertThat(reads.info("w1")).isEqualTo(new Info("w1", 1));
            assertThat(reads.info("w2")).isEqualTo(new Info("w2", 2));
            assertThat(manager.metrics().stats("info").hits()).isEqualTo(1);
            assertThat(manager.get("user:info:w1", Info.class).isHit()).isTrue();
        });
    }

    @Test
    void usesACacheDefinedInTheConfiguration() {
        run((reads, manager) -> {
            assertThat(reads.configured(7)).isEqualTo(1);
            assertThat(reads.configured(7)).isEqualTo(1);
        });
    }

    @Test
    void cachesNull() {
        run((reads, manager) -> {
            assertThat(reads.missing("a")).isNull();
            assertThat(reads.missing("a")).isNull();
            assertThat(reads.calls()).isEqualTo(1);
        });
    }

    @Test
    void cachesOptionals() {
        run((reads, manager) -> {
            assertThat(reads.optional("a")).isEmpty();
            assertThat(reads.optional("a")).isEmpty();
            assertThat(reads.optional("some")).contains(new Info("some", 2));
            assertThat(reads.optional("some")).contains(new Info("some", 2));
            assertThat(reads.calls()).isEqualTo(2);
            assertThat(manager.get("optional:some", Info.class).orElse(null)).isEqualTo(new Info("some", 2));
        });
    }

    @Test
    void cachesFuturesWithoutBlocking() {
        run((reads, manager) -> {
            assertThat(reads.future("a").join()).isEqualTo(new Info("a", 1));
            assertThat(reads.future("a").join()).isEqualTo(new Info("a", 1));
            assertThat(reads.stage("a").toCompletableFuture().join()).contains(List.of(2));
            assertThat(reads.stage("a").toCompletableFuture().join()).contains(List.of(2));
            assertThat(reads.calls()).isEqualTo(2);
        });
    }

    @Test
    void handsOutTheExceptionsOfTheMethodUnchangedAndCachesNone() {
        run((reads, manager) -> {
            assertThatThrownBy(() -> reads.failing("a"))
                    .isInstanceOf(IOException.class)
                    .hasMessage("1");
            assertThatThrownBy(() -> reads.failing("a"))
                    .isInstanceOf(IOException.class)
                    .hasMessage("2");
            assertThatThrownBy(() -> reads.failingFuture("a").join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(IOException.class);
            assertThatThrownBy(() -> reads.throwingFuture("a").join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class);
        });
    }

    @Test
    void keepsGenericTypes() {
        run((reads, manager) -> {
            List<Info> first = reads.list(1);
            assertThat(reads.list(1)).isEqualTo(first).first().isInstanceOf(Info.class);
            assertThat(reads.calls()).isEqualTo(1);
        });
    }

    @Test
    void fillsPlaceholdersFromPathsExpressionsPositionsAndHashes() {
        run((reads, manager) -> {
            reads.path(new Request(new User("w1"), "x"), 3);
            assertThat(manager.get("path:w1:x", Integer.class).isHit()).isTrue();
            reads.expression(new User("w1"), 4);
            assertThat(manager.get("expression:w1-4", Integer.class).isHit()).isTrue();
            reads.position("w1", 5);
            assertThat(manager.get("position:5:w1", Integer.class).isHit()).isTrue();
            reads.hash("secret");
            assertThat(manager.get(
                                    "hash:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b",
                                    Integer.class)
                            .isHit())
                    .isTrue();
        });
    }

    @Test
    void refusesANullKeyPartUnlessTheTemplateAllowsIt() {
        run((reads, manager) -> {
            assertThatThrownBy(() -> reads.info(null))
                    .isInstanceOf(CacheKeyException.class)
                    .hasMessageContaining("{id}");
            assertThat(reads.nullable(null)).isEqualTo(1);
            assertThat(reads.nullable(null)).isEqualTo(1);
            assertThat(reads.nullable("~")).isEqualTo(2);
        });
    }

    @Test
    void callsTheMethodWhereTheConditionIsFalse() {
        run((reads, manager) -> {
            assertThat(reads.conditional(1)).isEqualTo(1);
            assertThat(reads.conditional(1)).isEqualTo(2);
            assertThat(reads.conditional(20)).isEqualTo(3);
            assertThat(reads.conditional(20)).isEqualTo(3);
        });
    }

    @Test
    void storesNothingUnlessTold() {
        run((reads, manager) -> {
            assertThat(reads.unless("a")).isEqualTo(1);
            assertThat(reads.unless("a")).isEqualTo(2);
            assertThat(reads.unless("a")).isEqualTo(2);
        });
    }

    @Test
    void isUsableAsAMetaAnnotation() {
        run((reads, manager) -> {
            assertThat(reads.composed("a")).isEqualTo(1);
            assertThat(reads.composed("a")).isEqualTo(1);
            manager.invalidator().invalidateByTag("composed");
            assertThat(reads.composed("a")).isEqualTo(2);
        });
    }

    @Test
    void doesNothingWhenDisabled() {
        Contexts.inMemory()
                .withBean(Reads.class)
                .withPropertyValues("r3mes.cache.enabled=false")
                .run(context -> {
                    assertThat(context).doesNotHaveBean(CacheInvalidator.class);
                    assertThat(context.getBean(Reads.class).info("w1").call()).isEqualTo(1);
                    assertThat(context.getBean(Reads.class).info("w1").call()).isEqualTo(2);
                });
    }

    record Info(String id, int call) {}

    record User(String id) {
        public String getWallet() {
            return id;
        }
    }

    record Request(User user, String page) {}

    @R3mesCacheable(tags = "composed", cache = "")
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Composed {
        @AliasFor(annotation = R3mesCacheable.class, attribute = "key")
        String template();

        @AliasFor(annotation = R3mesCacheable.class, attribute = "cache")
        String name();
    }

    static class Reads {

        private final AtomicInteger calls = new AtomicInteger();

        public int calls() {
            return calls.get();
        }

        @R3mesCacheable(cache = "info", key = "user:info:{id}")
        public Info info(String id) {
            return new Info(id, calls.incrementAndGet());
        }

        @R3mesCacheable("configured")
        public int configured(long id) {
            return calls.incrementAndGet();
        }

        @R3mesCacheable(cache = "missing", key = "missing:{id}")
        public Info missing(String id) {
            calls.incrementAndGet();
            return null;
        }

        @R3mesCacheable(cache = "optional", key = "optional:{id}")
        public Optional<Info> optional(String id) {
            int call = calls.incrementAndGet();
            return id.equals("some") ? Optional.of(new Info(id, call)) : Optional.empty();
        }

        @R3mesCacheable(cache = "future", key = "future:{id}")
        public CompletableFuture<Info> future(String id) {
            return CompletableFuture.supplyAsync(() -> new Info(id, calls.incrementAndGet()));
        }

        @R3mesCacheable(cache = "stage", key = "stage:{id}")
        public CompletionStage<Optional<List<Integer>>> stage(String id) {
            return CompletableFuture.completedFuture(Optional.of(List.of(calls.incrementAndGet())));
        }

        @R3mesCacheable(cache = "failing", key = "failing:{id}")
        public Info failing(String id) throws IOException {
            throw new IOException("" + calls.incrementAndGet());
        }

        @R3mesCacheable(cache = "failing-future", key = "failing-future:{id}")
        public CompletableFuture<Info> failingFuture(String id) {
            return CompletableFuture.failedFuture(new IOException(id));
        }

        @R3mesCacheable(cache = "throwing-future", key = "throwing-future:{id}")
        public CompletableFuture<Info> throwingFuture(String id) {
            throw new IllegalStateException(id);
        }

        @R3mesCacheable(cache = "list", key = "list:{page}")
        public List<Info> list(int page) {
            return List.of(new Info("a", calls.incrementAndGet()));
        }

        @R3mesCacheable(cache = "path", key = "path:{request.user.wallet}:{request.page}")
        public int path(Request request, int other) {
            return calls.incrementAndGet();
        }

        @R3mesCacheable(cache = "expression", key = "expression:{#user.id + '-' + #page}")
        public int expression(User user, int page) {
            return calls.incrementAndGet();
        }

        @R3mesCacheable(cache = "position", key = "position:{#p1}:{#a0}")
        public int position(String wallet, int page) {
            return calls.incrementAndGet();
        }

        @R3mesCacheable(cache = "hash", key = "hash:{sha256(apiKey)}")
        public int hash(String apiKey) {
            return calls.incrementAndGet();
        }

        @R3mesCacheable(cache = "nullable", key = "nullable:{id?}")
        public int nullable(String id) {
            return calls.incrementAndGet();
        }

        @R3mesCacheable(cache = "conditional", key = "conditional:{id}", condition = "#id > 10")
        public int conditional(int id) {
            return calls.incrementAndGet();
        }

        @R3mesCacheable(cache = "unless", key = "unless:{id}", unless = "#result < 2")
        public int unless(String id) {
            return calls.incrementAndGet();
        }

        @Composed(template = "composed:{id}", name = "composed")
        public int composed(String id) {
            return calls.incrementAndGet();
        }
    }
}
