package io.r3mes.cache.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.CachePolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every near cache does. */
public abstract class LocalStoreContract {

    private static final int MAX_ENTRIES = 100;

    private final AtomicLong clock = new AtomicLong();
    private final LocalStore store = factory().create(new CachePolicy.Local(true, MAX_ENTRIES, Duration.ofDays(1)));

    protected abstract LocalStore.Factory factory();

    @Test
    void returnsTheSameEntryUntilItIsRemoved() {
        LocalEntry entry = expiringIn(Duration.ofMinutes(1));
        store.put("id", entry, clock.get());

        assertThat(store.get("id", clock.get())).isSameAs(entry);
        assertThat(store.get("other", clock.get())).isNull();
        assertThat(store.size()).isEqualTo(1);

        store.remove("id", entry);
        assertThat(store.get("id", clock.get())).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -5_000_000_000L, Long.MAX_VALUE - 1_000_000_000L, Long.MIN_VALUE})
    void expiresAtTheTimeOfTheEntryWhateverTheOriginOfTheClock(long origin) {
        clock.set(origin);
        store.put("short", expiringIn(Duration.ofMillis(1500)), clock.get());
        store.put("long", expiringIn(Duration.ofHours(3)), clock.get());

        pass(Duration.ofMillis(1500).minusNanos(1));
        assertThat(store.get("short", clock.get())).isNotNull();
        pass(Duration.ofNanos(1));
        assertThat(store.get("short", clock.get())).isNull();
        assertThat(store.get("long", clock.get())).isNotNull();
        pass(Duration.ofHours(3));
        assertThat(store.get("long", clock.get())).isNull();
    }

    @Test
    void readsDoNotProlongAnEntry() {
        store.put("id", expiringIn(Duration.ofSeconds(10)), clock.get());
        for (int second = 0; second < 9; second++) {
            pass(Duration.ofSeconds(1));
            assertThat(store.get("id", clock.get())).isNotNull();
        }
        pass(Duration.ofSeconds(1));
        assertThat(store.get("id", clock.get())).isNull();
    }

    @Test
    void anEntryThatIsExpiredAlreadyIsNotServed() {
        store.put("id", expiringIn(Duration.ZERO), clock.get());
        store.put("before", expiringIn(Duration.ofSeconds(-1)), clock.get());

        assertThat(store.get("id", clock.get())).isNull();
        assertThat(store.get("before", clock.get())).isNull();
    }

    @Test
    void aReplacementLivesUntilItsOwnExpiryNotThatOfTheEntryItReplaces() {
        store.put("shorter", expiringIn(Duration.ofHours(1)), clock.get());
        store.put("shorter", expiringIn(Duration.ofMillis(200)), clock.get());
        store.put("longer", expiringIn(Duration.ofMillis(200)), clock.get());
        store.put("longer", expiringIn(Duration.ofHours(1)), clock.get());

        pass(Duration.ofMillis(200));
        assertThat(store.get("shorter", clock.get())).isNull();
        assertThat(store.get("longer", clock.get())).isNotNull();
    }

    @Test
    void anExpiredReplacementDoesNotBringTheOldEntryBack() {
        store.put("id", expiringIn(Duration.ofHours(1)), clock.get());
        store.put("id", expiringIn(Duration.ZERO), clock.get());

        assertThat(store.get("id", clock.get())).isNull();
    }

    @Test
    void removesOnlyTheEntryItWasAskedToRemove() {
        LocalEntry old = expiringIn(Duration.ofMinutes(1));
        LocalEntry replacement = expiringIn(Duration.ofMinutes(1));
        store.put("id", old, clock.get());
        store.put("id", replacement, clock.get());

        store.remove("id", old);
        assertThat(store.get("id", clock.get())).isSameAs(replacement);
    }

    @Test
    void neverHoldsMoreThanItsBound() {
        for (int i = 0; i < 50 * MAX_ENTRIES; i++) {
            store.put(i, expiringIn(Duration.ofMinutes(1)), clock.get());
            assertThat(store.size()).isLessThanOrEqualTo(MAX_ENTRIES);
        }
        long held = IntStream.range(0, 50 * MAX_ENTRIES)
                .filter(i -> store.get(i, clock.get()) != null)
                .count();
        assertThat(held).isBetween(1L, (long) MAX_ENTRIES);
    }

    @Test
    void clearRemovesEverything() {
        for (int i = 0; i < MAX_ENTRIES; i++) {
            store.put(i, expiringIn(Duration.ofMinutes(1)), clock.get());
        }
        store.clear();

        assertThat(store.size()).isZero();
        assertThat(store.get(0, clock.get())).isNull();
    }

    @Test
    void keepsANullValue() {
        store.put("id", entry(null, Duration.ofMinutes(1)), clock.get());

        assertThat(store.get("id", clock.get()))
                .isNotNull()
                .extracting(LocalEntry::value)
                .isNull();
    }

    private void pass(Duration duration) {
        clock.addAndGet(duration.toNanos());
    }

    private LocalEntry expiringIn(Duration remaining) {
        return entry("value", remaining);
    }

    private LocalEntry entry(Object value, Duration remaining) {
        long expiry = clock.get() + remaining.toNanos();
        return new LocalEntry(
                value, "key", List.of(), new LocalEntry.Birth(1, 1, 1), new LocalEntry.Times(expiry, expiry));
    }
}
