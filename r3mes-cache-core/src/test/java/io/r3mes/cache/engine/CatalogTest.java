package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.CacheKeyException;
import io.r3mes.cache.CachePolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

class CatalogTest {

    private final Catalog catalog = new Catalog(List.of(
            CachePolicy.of("users", "user:info:{wallet}").withTags("user:{wallet}", "all"),
            CachePolicy.of("stats", "network:stats")));

    @Test
    void findsTheCacheAndTheTagsOfARawKey() {
        Catalog.Owned owned = catalog.requireKey("user:info:w1");
        assertThat(owned.policy().name()).isEqualTo("users");
        assertThat(owned.subject()).isEqualTo(new Subject("users", "user:info:w1", List.of("user:w1", "all")));
        assertThat(catalog.owns("network:stats")).isTrue();
        assertThat(catalog.owns("network:other")).isFalse();
        assertThat(catalog.isOf("stats", "network:stats")).isTrue();
        assertThat(catalog.isOf("users", "network:stats")).isFalse();
        assertThat(catalog.names()).containsExactly("users", "stats");
    }

    @Test
    void saysWhichCacheIsDefinedTwice() {
        assertThatExceptionOfType(CacheConfigurationException.class)
                .isThrownBy(() -> new Catalog(List.of(CachePolicy.of("a", "x:{id}"), CachePolicy.of("a", "y:{id}"))))
                .withMessageContainingAll("'a'", "defined twice", "Rename");
    }

    @Test
    void saysWhichTemplatesCanMakeTheSameKey() {
        assertThatExceptionOfType(CacheConfigurationException.class)
                .isThrownBy(() -> new Catalog(List.of(CachePolicy.of("a", "x:{id}"), CachePolicy.of("b", "x:{other}"))))
                .withMessageContainingAll("'a'", "'b'", "x:{id}", "x:{other}", "prefix");
        assertThatExceptionOfType(CacheConfigurationException.class)
                .isThrownBy(() -> new Catalog(List.of(CachePolicy.of("a", "x:{id}"), CachePolicy.of("b", "x:y"))));
    }

    @Test
    void saysWhichKeysExistWhenARawKeyHasNoCache() {
        assertThatExceptionOfType(CacheKeyException.class)
                .isThrownBy(() -> catalog.requireKey("nobody:1"))
                .withMessageContainingAll("nobody:1", "user:info:{wallet}", "network:stats");
    }

    @Test
    void showsNoControlCharactersAndNoEndlessKey() {
        assertThatExceptionOfType(CacheKeyException.class)
                .isThrownBy(() -> catalog.requireKey("a\nb" + "x".repeat(500)))
                .withMessageContaining("a?bxxx")
                .withMessageContaining("...")
                .withMessageNotContaining("\n");
    }

    @Test
    void saysWhichCachesExist() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> catalog.policy("nobody"))
                .withMessageContainingAll("nobody", "users", "stats");
    }
}
