package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.CacheKeyException;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.KeyParts;
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
    void findsTheKeysThatATagNames() {
        Catalog naming = new Catalog(List.of(
                CachePolicy.of("info", "user:info:{wallet}").withTags("user:{wallet}", "all"),
                CachePolicy.of("page", "page:{wallet}:{n}").withTags("user:{wallet}", "at:{n}/{wallet}"),
                CachePolicy.of("key", "api:{sha256(secret)}").withTags("secret:{sha256(secret)}"),
                CachePolicy.of("height", "block:height").withTags("chain", "height")));
        assertThat(naming.namedBy("user:w1")).containsExactly("user:info:w1");
        assertThat(naming.namedBy("user:a%20b")).containsExactly("user:info:a%20b");
        assertThat(naming.namedBy("user:a b")).isEmpty();
        assertThat(naming.namedBy("at:7/w1")).containsExactly("page:w1:7");
        assertThat(naming.namedBy("secret:x")).containsExactly("api:x");
        assertThat(naming.namedBy("chain")).containsExactly("block:height");
        assertThat(naming.namedBy("all")).isEmpty();
    }

    @Test
    void namesTheKeyOfEachIdByItsTags() {
        CachePolicy policy = CachePolicy.of("c", "c:{a}:{b?}").withTags("t:{b?}:{a}");
        Catalog naming = new Catalog(List.of(policy));
        for (KeyParts id : List.of(
                KeyParts.of("x", 1),
                KeyParts.of("", null),
                KeyParts.of("~:%{}", "\n"),
                KeyParts.of("y".repeat(500), "z"))) {
            Subject subject = Catalog.subject(policy, id);
            assertThat(naming.namedBy(subject.tags().get(0))).containsExactly(subject.key());
        }
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
