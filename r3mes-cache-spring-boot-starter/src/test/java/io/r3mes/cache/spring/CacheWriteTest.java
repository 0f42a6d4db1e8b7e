package io.r3mes.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r3mes.cache.CacheKeyException;
import io.r3mes.cache.CacheManager;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class CacheWriteTest {

    private static void run(BiConsumer<Users, CacheManager> test) {
        Contexts.withUserInfo()
                .withBean(Users.class)
                .withPropertyValues(
                        "r3mes.cache.caches.user-credits.key=user:credits:{wallet}",
                        "r3mes.cache.caches.user-credits.tags=user:{wallet},credits")
                .run(context -> {
                    Users users = context.getBean(Users.class);
                    for (String wallet : new String[] {"w1", "w2"}) {
                        users.info(wallet);
                        users.credits(wallet);
                    }
                    test.accept(users, context.getBean(CacheManager.class));
                });
    }

    private static String cached(CacheManager manager) {
        StringBuilder cached = new StringBuilder();
        for (String key : new String[] {"user:info:w1", "user:info:w2", "user:credits:w1", "user:credits:w2"}) {
            Class<?> type = key.contains("info") ? String.class : Integer.class;
            boolean hit = manager.get(key, type).isHit();
            cached.append(hit ? key.substring(5) + " " : "");
        }
        return cached.toString().strip();
    }

    @Test
    void invalidatesTheEntryOfTheArguments() {
        run((users, manager) -> {
            users.rename("w1", "new");
            assertThat(users.info("w1")).isEqualTo("new");
            assertThat(cached(manager)).isEqualTo("info:w1 info:w2 credits:w1 credits:w2");
            assertThat(manager.metrics().stats("user-info").misses()).isEqualTo(3);
        });
    }

    @Test
    void invalidatesByKeyTagPatternCacheAndEverything() {
        run((users, manager) -> {
            users.dropKeys("w1");
            assertThat(cached(manager)).isEqualTo("info:w2 credits:w1 credits:w2");
        });
        run((users, manager) -> {
            users.dropTag("w1");
            assertThat(cached(manager)).isEqualTo("info:w2 credits:w2");
        });
        run((users, manager) -> {
            users.dropPattern("w1");
            assertThat(cached(manager)).isEqualTo("info:w2 credits:w2");
        });
        run((users, manager) -> {
            users.dropCache();
            assertThat(cached(manager)).isEqualTo("credits:w1 credits:w2");
        });
        run((users, manager) -> {
            users.dropEverything();
            assertThat(cached(manager)).isEmpty();
        });
    }

    @Test
    void takesWildcardsInFilledInValuesLiterally() {
        run((users, manager) -> {
            users.dropPattern("*");
            users.dropPattern("w?");
            assertThat(cached(manager)).isEqualTo("info:w1 info:w2 credits:w1 credits:w2");
        });
    }

    @Test
    void makesEveryRepeatedInvalidation() {
        run((users, manager) -> {
            users.dropTwo("w1");
            assertThat(cached(manager)).isEqualTo("info:w2 credits:w1");
        });
    }

    @Test
    void seesTheResult() {
        run((users, manager) -> {
            users.create("W1");
            assertThat(cached(manager)).isEqualTo("info:w2 credits:w1 credits:w2");
        });
    }

    @Test
    void honoursTheCondition() {
        run((users, manager) -> {
            users.dropIf("w1", false);
            assertThat(cached(manager)).contains("info:w1");
            users.dropIf("w1", true);
            assertThat(cached(manager)).doesNotContain("info:w1");
        });
    }

    @Test
    void invalidatesNothingWhenTheMethodThrows() {
        run((users, manager) -> {
            assertThatThrownBy(() -> users.failing("w1")).isInstanceOf(IOException.class);
            assertThat(cached(manager)).isEqualTo("info:w1 info:w2 credits:w1 credits:w2");
        });
    }

    @Test
    void invalidatesBeforeTheCallWhereAsked() {
        run((users, manager) -> {
            assertThatThrownBy(() -> users.failingAfterwards("w1")).isInstanceOf(IOException.class);
            assertThat(cached(manager)).isEqualTo("info:w2 credits:w1 credits:w2");
        });
    }

    @Test
    void refusesAnIllegalKeyPart() {
        run((users, manager) -> assertThatThrownBy(() -> users.dropKeys(null)).isInstanceOf(CacheKeyException.class));
    }

    @Test
    void invalidatesBehindTheCall() {
        run((users, manager) -> {
            users.dropBehind("w1");
            Awaitility.await().until(() -> cached(manager).equals("info:w2 credits:w2"));
        });
    }

    @Test
    void replacesTheCachedValue() {
        run((users, manager) -> {
            assertThat(users.addCredits("w1", 5)).isEqualTo(5);
            assertThat(users.credits("w1")).isEqualTo(5);
            assertThat(users.putOptional("w1")).contains("optional");
            assertThat(users.info("w1")).isEqualTo("optional");
            users.putExpression("w1", "expression");
            assertThat(users.info("w1")).isEqualTo("expression");
            assertThat(manager.metrics().stats().misses()).isEqualTo(4);
        });
    }

    @Test
    void storesNothingWhenTheMethodThrowsOrTheConditionIsFalse() {
        run((users, manager) -> {
            assertThatThrownBy(() -> users.failingPut("w1")).isInstanceOf(IOException.class);
            users.putIf("w1", false);
            assertThat(users.info("w1")).isEqualTo("w1");
            users.putIf("w1", true);
            assertThat(users.info("w1")).isEqualTo("put");
        });
    }

    @Test
    void followsAFutureBeforeItsCallerGoesOn() {
        run((users, manager) -> {
            CompletableFuture<String> gate = new CompletableFuture<>();
            CompletableFuture<String> returned = users.later("w1", gate);
            assertThat(cached(manager)).contains("info:w1");
            gate.complete("w2");
            assertThat(returned.join()).isEqualTo("w2");
            assertThat(cached(manager)).isEqualTo("info:w2 credits:w1");

            CompletableFuture<Integer> written = users.putLater("w1", CompletableFuture.completedFuture(9));
            assertThat(written.join()).isEqualTo(9);
            assertThat(users.credits("w1")).isEqualTo(9);
        });
    }

    @Test
    void changesNothingWhenTheFutureFails() {
        run((users, manager) -> {
            CompletableFuture<String> failing = users.later("w1", CompletableFuture.failedFuture(new IOException("x")));
            assertThatThrownBy(failing::join).hasCauseInstanceOf(IOException.class);
            assertThatThrownBy(users.putLater("w1", CompletableFuture.failedFuture(new IOException("x")))::join)
                    .hasCauseInstanceOf(IOException.class);
            assertThat(cached(manager)).isEqualTo("info:w1 info:w2 credits:w1 credits:w2");
        });
    }

    static class Users {

        private final Map<String, String> names = new ConcurrentHashMap<>();

        @R3mesCacheable("user-info")
        public String info(String wallet) {
            return names.getOrDefault(wallet, wallet);
        }

        @R3mesCacheable("user-credits")
        public int credits(String wallet) {
            return 0;
        }

        @R3mesCacheInvalidate(cache = "user-info")
        public void rename(String wallet, String name) {
            names.put(wallet, name);
        }

        @R3mesCacheInvalidate(keys = {"user:info:{id}", "user:credits:none"})
        public void dropKeys(String id) {}

        @R3mesCacheInvalidate(tags = "user:{wallet}")
        public void dropTag(String wallet) {}

        @R3mesCacheInvalidate(patterns = "user:*:{wallet}")
        public void dropPattern(String wallet) {}

        @R3mesCacheInvalidate(cache = "user-info", allEntries = true)
        public void dropCache() {}

        @R3mesCacheInvalidate(everything = true)
        public void dropEverything() {}

        @R3mesCacheInvalidate(cache = "user-info")
        @R3mesCacheInvalidate(keys = "user:credits:w2")
        public void dropTwo(String wallet) {}

        @R3mesCacheInvalidate(keys = "user:info:{#result}")
        public String create(String wallet) {
            return wallet.toLowerCase(Locale.ROOT);
        }

        @R3mesCacheInvalidate(cache = "user-info", condition = "#really")
        public void dropIf(String wallet, boolean really) {}

        @R3mesCacheInvalidate(cache = "user-info")
        public void failing(String wallet) throws IOException {
            throw new IOException();
        }

        @R3mesCacheInvalidate(cache = "user-info", beforeInvocation = true)
        public void failingAfterwards(String wallet) throws IOException {
            throw new IOException();
        }

        @R3mesCacheInvalidate(tags = "user:{wallet}", async = true)
        public void dropBehind(String wallet) {}

        @R3mesCachePut(cache = "user-credits")
        public int addCredits(String wallet, int amount) {
            return amount;
        }

        @R3mesCachePut(cache = "user-info")
        public Optional<String> putOptional(String wallet) {
            return Optional.of("optional");
        }

        @R3mesCachePut(cache = "user-info", value = "#name")
        public void putExpression(String wallet, String name) {}

        @R3mesCachePut(cache = "user-info")
        public String failingPut(String wallet) throws IOException {
            throw new IOException();
        }

        @R3mesCachePut(cache = "user-info", condition = "#really")
        public String putIf(String wallet, boolean really) {
            return "put";
        }

        @R3mesCacheInvalidate(cache = "user-info")
        @R3mesCacheInvalidate(keys = "user:credits:{#result}")
        public CompletableFuture<String> later(String wallet, CompletableFuture<String> gate) {
            return gate;
        }

        @R3mesCachePut(cache = "user-credits")
        public CompletableFuture<Integer> putLater(String wallet, CompletableFuture<Integer> value) {
            return value;
        }
    }
}
