package io.r3mes.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.CacheConfigurationException;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Every configuration that cannot work fails the start, and the message says what to change. */
class StartupFailureTest {

    private final ApplicationContextRunner contexts = Contexts.withUserInfo();

    private void fails(ApplicationContextRunner runner, String... parts) {
        runner.run(context -> {
            assertThat(context).hasFailed();
            Throwable cause = context.getStartupFailure();
            while (!(cause instanceof CacheConfigurationException) && cause.getCause() != null) {
                cause = cause.getCause();
            }
            assertThat(cause).isInstanceOf(CacheConfigurationException.class);
            assertThat(cause.getMessage()).contains(parts);
        });
    }

    private void fails(Class<?> bean, String... parts) {
        fails(contexts.withBean((Class<?>) bean), parts);
    }

    private void fails(String property, String... parts) {
        fails(contexts.withPropertyValues(property), parts);
    }

    @Test
    void onAnUnknownCacheName() {
        fails(
                UnknownCache.class,
                "'user-inof'",
                "known caches: user-info",
                "Did you mean 'user-info'?",
                "UnknownCache.read");
        fails(UnknownCacheInvalidated.class, "'nowhere'", "known caches: user-info", "r3mes.cache.caches.nowhere.key");
        fails(UnknownCachePut.class, "@R3mesCachePut", "'nowhere'");
    }

    @Test
    void onACacheWithoutAName() {
        fails(NoName.class, "names no cache", "@R3mesCacheable(cache = ");
    }

    @Test
    void onACacheWithoutAKey() {
        fails("r3mes.cache.caches.empty.ttl=5s", "'empty' has no key", "r3mes.cache.caches.empty.key");
    }

    @Test
    void onABadTemplate() {
        fails("r3mes.cache.caches.bad.key=bad:{id", "'bad'", "not closed", "Add the missing '}'");
        fails("r3mes.cache.caches.bad.key=bad key", "'bad'", "cannot have");
        fails("r3mes.cache.caches.user-info.tags=user:{other}", "'user-info'", "{other}");
        fails(BadKey.class, "bad:{id", "not closed");
        fails(BadPattern.class, "user:*:{wallet", "Add the missing '}'");
    }

    @Test
    void onAnUnknownPlaceholder() {
        fails(
                UnknownPlaceholder.class,
                "UnknownPlaceholder.read(String address)",
                "{wallet}",
                "known parameters: address");
        fails(UnknownTagPlaceholder.class, "@R3mesCacheInvalidate", "{owner}", "known parameters: wallet");
        fails(UnknownProperty.class, "{user.name}", "'name'", "User");
        fails(UnknownVariable.class, "#usr", "known parameters: user", "#p0");
        fails(ResultTooEarly.class, "#result", "which is unknown");
    }

    @Test
    void onBadSpel() {
        fails(BadSpel.class, "is not valid SpEL", "Correct it at character");
    }

    @Test
    void onAZeroOrNegativeTtl() {
        fails("r3mes.cache.caches.user-info.ttl=0s", "'user-info'", "ttl", "between 1ms");
        fails("r3mes.cache.caches.user-info.ttl=-5s", "'user-info'", "ttl", "between 1ms");
        fails("r3mes.cache.defaults.ttl=0s", "ttl", "between 1ms");
        fails(ZeroTtl.class, "'zero'", "ttl", "between 1ms");
        fails(BadTtl.class, "BadTtl.read", "\"soon\" is no duration", "300s");
    }

    @Test
    void onOtherSettingsThatCannotWork() {
        fails("r3mes.cache.caches.user-info.jitter=90%", "'user-info'", "jitter");
        fails("r3mes.cache.caches.user-info.local.max-entries=0", "local.max-entries");
        fails("r3mes.cache.caches.user-info.max-value-bytes=3GB", "max-value-bytes", "less than 2GB");
        fails("r3mes.cache.coherence.max-staleness=1ms", "max-staleness", "200ms");
        fails("r3mes.cache.invalidation.min-replicas=-1", "invalidation.min-replicas", "set it to 0");
        fails("r3mes.cache.tags.max-members=0", "tags.max-members", "at least 1");
    }

    @Test
    void onADuplicateCacheOrOverlappingKeys() {
        fails("r3mes.cache.caches.other.key=user:info:{id}", "'user-info'", "'other'", "same key");
        fails(TwoKeys.class, "'twice'", "defined twice", "a:{id}", "b:{id}", "Rename");
        fails(TwoTypes.class, "'user-info'", "java.lang.Integer", "java.lang.String", "a cache of its own");
    }

    @Test
    void onEncryptionWithoutAKeyOrWithAMalformedOne() {
        String encrypt = "r3mes.cache.caches.user-info.encrypt=true";
        fails(encrypt, "'user-info'", "r3mes.cache.encryption.key", "32 random");
        fails(contexts.withPropertyValues(encrypt, "r3mes.cache.encryption.key=short"), "32");
        fails(contexts.withPropertyValues(encrypt, "r3mes.cache.encryption.key=***"), "Base64");
    }

    @Test
    void onAKeyThatNoCacheCanHave() {
        fails(StrangeKey.class, "'miner:{wallet}'", "user:info:{wallet}");
    }

    @Test
    void onAnAnnotationThatDoesNothing() {
        fails(InvalidatesNothing.class, "invalidates nothing", "everything = true");
        fails(AllOfNothing.class, "allEntries = true needs a cache");
    }

    @Test
    void onAValueThatCannotBeCached() {
        fails(ReturnsNothing.class, "returns nothing");
        fails(ReturnsStream.class, "Stream", "read only once");
        fails(PutsNothing.class, "@R3mesCachePut", "returns nothing");
        fails(PutsAnotherType.class, "java.lang.Integer", "java.lang.String");
    }

    @Test
    void onAWarmerThatCannotWork() {
        fails(WarmWithoutCache.class, "the method is not cached", "Add @R3mesCacheable");
        fails(WarmWithoutArgs.class, "args has 0", "1 parameter");
        fails(WarmNever.class, "never warms", "onStartup, every or on");
        fails(WarmWithoutEvent.class, "#event", "at start-up");
        fails(WarmBadPeriod.class, "\"often\" is no duration");
        fails(WarmZeroPeriod.class, "\"0s\" is not positive");
        fails(WarmFinal.class, "cannot be intercepted", "it is final");
        fails("r3mes.cache.caches.user-info.warm.every=5m", "no @R3mesCacheable method uses the cache 'user-info'");
        fails(
                contexts.withBean(Good.class).withPropertyValues("r3mes.cache.caches.user-info.warm.on-startup=true"),
                "has parameters",
                "@R3mesCacheWarm with args");
        fails(
                contexts.withBean(Good.class).withPropertyValues("r3mes.cache.caches.user-info.warm.every=0s"),
                "warm.every",
                "positive");
    }

    @Test
    void onRedisWithoutLettuce() {
        fails(
                Contexts.redis().withPropertyValues("spring.data.redis.client-type=jedis"),
                "RedisConnectionFactory",
                "r3mes.cache.mode=in-memory");
    }

    @Test
    void notOnAGoodConfiguration() {
        contexts.withBean(Good.class).run(context -> assertThat(context).hasNotFailed());
    }

    static class Good {
        @R3mesCacheable("user-info")
        public String read(String wallet) {
            return wallet;
        }
    }

    static class UnknownCache {
        @R3mesCacheable("user-inof")
        public String read(String wallet) {
            return wallet;
        }
    }

    static class UnknownCacheInvalidated {
        @R3mesCacheInvalidate(cache = "nowhere")
        public void write(String wallet) {}
    }

    static class UnknownCachePut {
        @R3mesCachePut(cache = "nowhere")
        public String write(String wallet) {
            return wallet;
        }
    }

    static class NoName {
        @R3mesCacheable(key = "a:{wallet}")
        public String read(String wallet) {
            return wallet;
        }
    }

    static class BadKey {
        @R3mesCacheable(cache = "bad", key = "bad:{id")
        public String read(String id) {
            return id;
        }
    }

    static class BadPattern {
        @R3mesCacheInvalidate(patterns = "user:*:{wallet")
        public void write(String wallet) {}
    }

    static class UnknownPlaceholder {
        @R3mesCacheable("user-info")
        public String read(String address) {
            return address;
        }
    }

    static class UnknownTagPlaceholder {
        @R3mesCacheInvalidate(tags = "user:{owner}")
        public void write(String wallet) {}
    }

    record User(String id) implements Serializable {}

    static class UnknownProperty {
        @R3mesCacheable(cache = "property", key = "property:{user.name}")
        public String read(User user) {
            return "";
        }
    }

    static class UnknownVariable {
        @R3mesCacheable(cache = "variable", key = "variable:{#usr.id}")
        public String read(User user) {
            return "";
        }
    }

    static class ResultTooEarly {
        @R3mesCacheable(cache = "early", key = "early:{#result}")
        public String read(User user) {
            return "";
        }
    }

    static class BadSpel {
        @R3mesCacheable(cache = "user-info", condition = "#wallet ==")
        public String read(String wallet) {
            return wallet;
        }
    }

    static class ZeroTtl {
        @R3mesCacheable(cache = "zero", key = "zero:{id}", ttl = "0s")
        public String read(String id) {
            return id;
        }
    }

    static class BadTtl {
        @R3mesCacheable(cache = "soon", key = "soon:{id}", ttl = "soon")
        public String read(String id) {
            return id;
        }
    }

    static class TwoKeys {
        @R3mesCacheable(cache = "twice", key = "a:{id}")
        public String first(String id) {
            return id;
        }

        @R3mesCacheable(cache = "twice", key = "b:{id}")
        public String second(String id) {
            return id;
        }
    }

    static class TwoTypes {
        @R3mesCacheable("user-info")
        public String text(String wallet) {
            return wallet;
        }

        @R3mesCacheable("user-info")
        public int number(String wallet) {
            return 1;
        }
    }

    static class StrangeKey {
        @R3mesCacheInvalidate(keys = "miner:{wallet}")
        public void write(String wallet) {}
    }

    static class InvalidatesNothing {
        @R3mesCacheInvalidate
        public void write(String wallet) {}
    }

    static class AllOfNothing {
        @R3mesCacheInvalidate(allEntries = true, tags = "a")
        public void write(String wallet) {}
    }

    static class ReturnsNothing {
        @R3mesCacheable("user-info")
        public void read(String wallet) {}
    }

    static class ReturnsStream {
        @R3mesCacheable("user-info")
        public Stream<String> read(String wallet) {
            return List.of(wallet).stream();
        }
    }

    static class PutsNothing {
        @R3mesCachePut(cache = "user-info")
        public void write(String wallet) {}
    }

    static class PutsAnotherType {
        @R3mesCacheable("user-info")
        public String read(String wallet) {
            return wallet;
        }

        @R3mesCachePut(cache = "user-info")
        public int write(String wallet) {
            return 1;
        }
    }

    static class WarmWithoutCache {
        @R3mesCacheWarm(onStartup = true)
        public String read() {
            return "";
        }
    }

    static class WarmWithoutArgs {
        @R3mesCacheWarm(onStartup = true)
        @R3mesCacheable("user-info")
        public String read(String wallet) {
            return wallet;
        }
    }

    static class WarmNever {
        @R3mesCacheWarm(args = "'w1'")
        @R3mesCacheable("user-info")
        public String read(String wallet) {
            return wallet;
        }
    }

    static class WarmWithoutEvent {
        @R3mesCacheWarm(onStartup = true, on = User.class, args = "#event.id")
        @R3mesCacheable("user-info")
        public String read(String wallet) {
            return wallet;
        }
    }

    static class WarmBadPeriod {
        @R3mesCacheWarm(every = "often", args = "'w1'")
        @R3mesCacheable("user-info")
        public String read(String wallet) {
            return wallet;
        }
    }

    static class WarmZeroPeriod {
        @R3mesCacheWarm(every = "0s", args = "'w1'")
        @R3mesCacheable("user-info")
        public String read(String wallet) {
            return wallet;
        }
    }

    static class WarmFinal {
        @R3mesCacheWarm(onStartup = true, args = "'w1'")
        @R3mesCacheable("user-info")
        public final String read(String wallet) {
            return wallet;
        }
    }
}
