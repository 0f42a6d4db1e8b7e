package io.r3mes.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The small values of the API: options, lookups, types, tasks, ids and figures. */
class ApiValuesTest {

    @Test
    void entryOptionsHoldATtlAndTags() {
        Set<String> tags = new HashSet<>(Set.of("a"));
        EntryOptions options = new EntryOptions(Duration.ofMillis(1), tags);
        tags.add("b");

        assertThat(options.tags()).containsExactly("a");
        assertThat(EntryOptions.DEFAULT).isEqualTo(new EntryOptions(null, Set.of()));
        assertThat(EntryOptions.ttl(Duration.ofSeconds(2)).withTags("a", "b", "a"))
                .isEqualTo(new EntryOptions(Duration.ofSeconds(2), Set.of("a", "b")));
    }

    @Test
    void entryOptionsRefuseATtlThatRedisCannotHold() {
        for (Duration ttl : List.of(
                Duration.ZERO, Duration.ofSeconds(-1), Duration.ofNanos(1), Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatThrownBy(() -> EntryOptions.ttl(ttl))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The TTL must be between 1ms and 36500d, but is " + ttl);
        }
    }

    @Test
    void aLookupTellsANullValueFromAMiss() {
        Lookup<String> nothing = new Lookup.Hit<>(null);
        Lookup<String> miss = Lookup.miss();

        assertThat(nothing.isHit()).isTrue();
        assertThat(nothing.orElse("other")).isNull();
        assertThat(new Lookup.Hit<>("v").orElse("other")).isEqualTo("v");
        assertThat(miss.isHit()).isFalse();
        assertThat(miss.orElse("other")).isEqualTo("other");
        assertThat(miss.orElse(null)).isNull();
        assertThat(miss).isEqualTo(Lookup.miss()).isNotEqualTo(nothing);
    }

    @Test
    void aValueTypeKeepsItsParameters() {
        ValueType<List<String>> type = new ValueType<>() {};

        assertThat(type.type().getTypeName()).isEqualTo("java.util.List<java.lang.String>");
        assertThat(type)
                .isEqualTo(new ValueType<List<String>>() {})
                .hasSameHashCodeAs(new ValueType<List<String>>() {})
                .hasToString("java.util.List<java.lang.String>")
                .isNotEqualTo(new ValueType<List<Long>>() {})
                .isNotEqualTo(ValueType.of(List.class));
        assertThat(ValueType.of(String.class)).isEqualTo(new ValueType<String>() {});
        assertThat(ValueType.<List<String>>of(type.type())).isEqualTo(type);
        assertThatCode(() -> new ValueType<Map<String, long[]>>() {}).doesNotThrowAnyException();
    }

    @Test
    @SuppressWarnings("rawtypes")
    void aValueTypeRefusesWhatItCannotKnow() {
        assertThatThrownBy(() -> new ValueType() {})
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Create a ValueType with its parameter: new ValueType<List<Block>>() {}");
        assertThatThrownBy(ApiValuesTest::<String>typeOfAVariable).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new Pair<Integer, String>() {}).isInstanceOf(IllegalStateException.class);
    }

    private static <T> ValueType<List<T[]>> typeOfAVariable() {
        return new ValueType<>() {};
    }

    abstract static class Pair<A, B> extends ValueType<B> {}

    @Test
    void aWarmTaskNeedsAPositivePeriodOrNone() {
        for (Duration period : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
            assertThatThrownBy(() -> new WarmTask("w", true, period, Set.of(), trigger -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Warmer 'w': the period must be positive, but is " + period);
        }
        assertThat(new WarmTask("w", true, null, Set.of(String.class), trigger -> {}).events())
                .containsExactly(String.class);
    }

    @Test
    void keyPartsMayHoldNullAndDoNotChange() {
        for (int size = 1; size <= 3; size++) {
            Object[] values = new Object[size];
            values[0] = "a";
            KeyParts parts = KeyParts.of(values);
            values[0] = "b";
            Object[] expected = new Object[size];
            expected[0] = "a";

            assertThat(parts).isEqualTo(KeyParts.of(expected)).hasSameHashCodeAs(KeyParts.of(expected));
            assertThat(parts).isNotEqualTo(KeyParts.of(values)).isNotEqualTo("a");
            assertThat(parts.values()).containsExactly(expected);
            assertThat(parts).hasToString(Arrays.toString(expected));
            assertThatThrownBy(() -> parts.values().set(0, "b")).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void keyPartsAreEqualHoweverTheyWereMade() {
        assertThat(KeyParts.of("a", 1))
                .isEqualTo(KeyParts.of(new Object[] {"a", 1}))
                .hasSameHashCodeAs(KeyParts.of(new Object[] {"a", 1}))
                .isNotEqualTo(KeyParts.of(1, "a"))
                .isNotEqualTo(KeyParts.of("a", 1, null));
        assertThat(KeyParts.of()).isSameAs(KeyParts.NONE);
    }

    @Test
    void ratesAddUpAndAreZeroWithoutRequests() {
        CacheStats stats = stats(new CacheStats.Reads(2, 1, 1));

        assertThat(stats.hits()).isEqualTo(3);
        assertThat(stats.requests()).isEqualTo(4);
        assertThat(stats.hitRate()).isEqualTo(0.75);
        assertThat(stats.missRate()).isEqualTo(0.25);
        assertThat(stats(new CacheStats.Reads(0, 0, 0)).hitRate()).isZero();
        assertThat(stats(new CacheStats.Reads(0, 0, 0)).missRate()).isZero();
    }

    private static CacheStats stats(CacheStats.Reads reads) {
        return new CacheStats(reads, new CacheStats.Loads(0, 0, 0, 0, 0, 0, 0), Duration.ZERO, 0, 0);
    }
}
