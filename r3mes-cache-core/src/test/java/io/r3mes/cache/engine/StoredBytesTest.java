package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.codec.AesGcmValueCipher;
import io.r3mes.cache.engine.Lab.LabNode;
import io.r3mes.cache.engine.Lab.Parts;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What lies in the store, and what a node makes of bytes that it cannot use. */
class StoredBytesTest {

    private static final CachePolicy PLAIN =
            CachePolicy.of("c", "c:{id}").withTags("t:{id}").withLocal(CachePolicy.Local.OFF);
    private static final CachePolicy SECRET = PLAIN.withValue(new CachePolicy.Value(true, true, 1 << 20));
    private static final Parts WITH_KEY = new Parts(
            EngineConfig.Coherence.DEFAULT,
            new AesGcmValueCipher(new byte[32], null, new SecureRandom()),
            Runnable::run);

    private final Lab lab = new Lab();

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void bytesThatAreNoEntryAreACountedMissAndReplaced() {
        LabNode node = lab.node(PLAIN);
        cache(node).set("k", "value");
        byte[] good = lab.bytes("c:k");
        byte[] flipped = good.clone();
        flipped[good.length / 2] ^= 1;
        List<byte[]> unusable = List.of(
                "somebody else's".getBytes(StandardCharsets.UTF_8),
                new byte[0],
                Arrays.copyOf(good, good.length - 1),
                flipped);
        long counted = 0;
        for (byte[] bytes : unusable) {
            lab.put("c:k", bytes);
            assertThat(cache(node).getIfPresent("k").isHit()).isFalse();
            assertThat(unreadable(node)).isEqualTo(++counted);
            assertThat(cache(node).get("k", (id, context) -> "loaded")).isEqualTo("loaded");
            assertThat(cache(node).getIfPresent("k").orElse(null)).isEqualTo("loaded");
            counted = unreadable(node);
            lab.put("c:k", bytes);
            assertThat(cache(node).getAll(List.of("k"), ids -> Map.of("k", "bulk")))
                    .containsEntry("k", "bulk");
            assertThat(cache(node).getIfPresent("k").orElse(null)).isEqualTo("bulk");
            counted = unreadable(node);
        }
    }

    @Test
    void anEntryOfAnotherTypeIsACountedMissAndReplaced() {
        LabNode node = lab.node(PLAIN);
        cache(node).set("k", "text");
        Cache<String, Integer> numbers = node.engine().cache("c", Integer.class);
        assertThat(numbers.getIfPresent("k").isHit()).isFalse();
        assertThat(unreadable(node)).isEqualTo(1);
        assertThat(numbers.get("k", (id, context) -> 5)).isEqualTo(5);
        assertThat(numbers.getIfPresent("k").orElse(null)).isEqualTo(5);
    }

    @Test
    void aValueThatCannotBeEncodedIsReturnedAndNotStored() {
        LabNode node = lab.node(PLAIN);
        Cache<String, Object> objects = node.engine().cache("c", Object.class);
        Object cyclic = new Object() {
            @SuppressWarnings("unused")
            public Object getSelf() {
                return this;
            }
        };
        assertThat(objects.get("k", (id, context) -> cyclic)).isSameAs(cyclic);
        assertThat(lab.bytes("c:k")).isNull();
        assertThat(unreadable(node)).isEqualTo(1);
    }

    @Test
    void anEncryptedValueCannotBeReadInTheStore() {
        LabNode node = lab.node(WITH_KEY, SECRET);
        cache(node).set("k", "top secret");
        assertThat(new String(lab.bytes("c:k"), StandardCharsets.ISO_8859_1)).doesNotContain("top secret");
        assertThat(cache(lab.node(WITH_KEY, SECRET)).getIfPresent("k").orElse(null))
                .isEqualTo("top secret");
    }

    @Test
    void encryptedValuesThatWereSwappedAreMisses() {
        LabNode node = lab.node(WITH_KEY, SECRET);
        cache(node).get("rich", (id, context) -> "much");
        cache(node).get("poor", (id, context) -> "little");
        byte[] rich = lab.bytes("c:rich");
        lab.put("c:rich", lab.bytes("c:poor"));
        lab.put("c:poor", rich);
        assertThat(cache(node).getIfPresent("rich").isHit()).isFalse();
        assertThat(cache(node).getIfPresent("poor").isHit()).isFalse();
        assertThat(unreadable(node)).isEqualTo(2);
    }

    @Test
    void anEncryptedNullStaysANull() {
        LabNode node = lab.node(WITH_KEY, SECRET);
        cache(node).set("k", null);
        assertThat(cache(node).getIfPresent("k").isHit()).isTrue();
    }

    @Test
    void aCacheThatEncryptsTakesNoPlainValueAndTheReverse() {
        LabNode plain = lab.node(PLAIN);
        LabNode secret = lab.node(WITH_KEY, SECRET);
        cache(plain).set("k", "v");
        assertThat(cache(secret).getIfPresent("k").isHit()).isFalse();
        cache(secret).set("k", "v");
        assertThat(cache(plain).getIfPresent("k").isHit()).isFalse();
    }

    private static long unreadable(LabNode node) {
        return node.metrics().stats("c").loads().unreadable();
    }

    private static Cache<String, String> cache(LabNode node) {
        return node.engine().cache("c", String.class);
    }
}
