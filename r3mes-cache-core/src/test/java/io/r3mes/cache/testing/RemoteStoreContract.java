package io.r3mes.cache.testing;

import static io.r3mes.cache.testing.Await.failure;
import static io.r3mes.cache.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.spi.Claim;
import io.r3mes.cache.spi.Fetched;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.RemoteStore.Born;
import io.r3mes.cache.spi.RemoteStore.Page;
import io.r3mes.cache.spi.RemoteStore.Reclaimed;
import io.r3mes.cache.spi.ValueHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link RemoteStore} does. */
public abstract class RemoteStoreContract {

    protected static final Duration LONG = Duration.ofMinutes(1);
    private static final String KEY = "user:info:w1";

    private Ports ports;
    private RemoteStore store;

    protected abstract Ports open();

    @BeforeEach
    void openPorts() {
        ports = open();
        store = ports.store();
    }

    @AfterEach
    void closePorts() {
        ports.close();
    }

    @Test
    void hasNoValueAtFirst() {
        assertThat(result(store.get(KEY))).isNull();
    }

    @Test
    void storesUnderAHeldLeaseAndEndsIt() {
        Lease lease = lease(KEY, "a");
        assertThat(result(store.acquire(lease))).isEqualTo(new Claim(true, null));
        assertThat(result(store.store(lease, bytes("value"), LONG))).isTrue();
        assertThat(result(store.get(KEY))).isEqualTo(bytes("value"));
        assertThat(result(store.renew(lease))).isFalse();
        assertThat(result(store.acquire(lease(KEY, "b"))).acquired()).isTrue();
    }

    @Test
    void storesAnyBytes() {
        byte[] value = new byte[256];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) i;
        }
        put(KEY, value);
        assertThat(result(store.get(KEY))).isEqualTo(value);
    }

    @Test
    void leasesToOneAtATimeAndAlwaysReadsTheValue() {
        put(KEY, bytes("value"));
        Claim first = result(store.acquire(lease(KEY, "a")));
        Claim second = result(store.acquire(lease(KEY, "b")));
        assertThat(first.acquired()).isTrue();
        assertThat(first.value()).isEqualTo(bytes("value"));
        assertThat(second.acquired()).isFalse();
        assertThat(second.value()).isEqualTo(bytes("value"));
    }

    @Test
    void leasesEachKeyForItself() {
        assertThat(result(store.acquire(lease("k1", "a"))).acquired()).isTrue();
        assertThat(result(store.acquire(lease("k2", "b"))).acquired()).isTrue();
    }

    @Test
    void refusesWhatTheTokenDoesNotAllow() {
        result(store.acquire(lease(KEY, "a")));
        Lease other = lease(KEY, "b");
        assertThat(result(store.store(other, bytes("value"), LONG))).isFalse();
        assertThat(result(store.renew(other))).isFalse();
        assertThat(result(store.release(other))).isFalse();
        assertThat(result(store.get(KEY))).isNull();
        assertThat(result(store.acquire(lease(KEY, "c"))).acquired()).isFalse();
    }

    @Test
    void refusesToStoreWithoutALease() {
        assertThat(result(store.store(lease(KEY, "a"), bytes("value"), LONG))).isFalse();
        assertThat(result(store.get(KEY))).isNull();
    }

    @Test
    void freesAReleasedLease() {
        result(store.acquire(lease(KEY, "a")));
        assertThat(result(store.release(lease(KEY, "a")))).isTrue();
        assertThat(result(store.release(lease(KEY, "a")))).isFalse();
        assertThat(result(store.acquire(lease(KEY, "b"))).acquired()).isTrue();
    }

    @Test
    void leaseLapsesUnlessRenewed() {
        Lease brief = new Lease(KEY, "a", Duration.ofMillis(200));
        result(store.acquire(brief));
        assertThat(result(store.renew(lease(KEY, "a")))).isTrue();
        Lease lapsing = new Lease("other", "a", Duration.ofMillis(200));
        result(store.acquire(lapsing));
        Awaitility.await()
                .until(() -> result(store.acquire(lease("other", "b"))).acquired());
        assertThat(result(store.store(lapsing, bytes("late"), LONG))).isFalse();
        assertThat(result(store.acquire(lease(KEY, "b"))).acquired()).isFalse();
    }

    @Test
    void refusesToStoreAfterUnlink() {
        Lease lease = lease(KEY, "a");
        result(store.acquire(lease));
        assertThat(result(store.unlink(KEY))).isFalse();
        assertThat(result(store.store(lease, bytes("old"), LONG))).isFalse();
        assertThat(result(store.get(KEY))).isNull();
    }

    @Test
    void unlinksValueAndLease() {
        put(KEY, bytes("value"));
        result(store.acquire(lease(KEY, "a")));
        assertThat(result(store.unlink(KEY))).isTrue();
        assertThat(result(store.acquire(lease(KEY, "b")))).isEqualTo(new Claim(true, null));
    }

    @Test
    void takesTheLeaseOverFromItsHolder() {
        Lease loader = lease(KEY, "a");
        Lease writer = lease(KEY, "w");
        result(store.acquire(loader));
        result(store.takeOver(writer));
        assertThat(result(store.store(loader, bytes("old"), LONG))).isFalse();
        assertThat(result(store.store(writer, bytes("new"), LONG))).isTrue();
        assertThat(result(store.get(KEY))).isEqualTo(bytes("new"));
    }

    @Test
    void unlinkKeepingKeepsOnlyTheOwnLease() {
        Lease writer = lease(KEY, "w");
        put(KEY, bytes("old"));
        result(store.takeOver(writer));
        assertThat(result(store.unlinkKeeping(writer))).isTrue();
        assertThat(result(store.unlinkKeeping(writer))).isFalse();
        assertThat(result(store.store(writer, bytes("new"), LONG))).isTrue();

        Lease loader = lease(KEY, "l");
        result(store.acquire(loader));
        assertThat(result(store.unlinkKeeping(writer))).isTrue();
        assertThat(result(store.store(loader, bytes("old"), LONG))).isFalse();
    }

    @Test
    void valueExpires() {
        Lease lease = lease(KEY, "a");
        result(store.acquire(lease));
        result(store.store(lease, bytes("value"), Duration.ofMillis(40)));
        Awaitility.await().until(() -> result(store.get(KEY)) == null);
    }

    @Test
    void readsSeveralKeysInOrder() {
        put("a", bytes("1"));
        put("c", bytes("3"));
        Fetched found = result(store.getAll(List.of("c", "b", "a", "c")));
        assertThat(found.values()).containsExactly(bytes("3"), null, bytes("1"), bytes("3"));
        assertThat(found.failures()).isEmpty();
        assertThat(result(store.getAll(List.of())).values()).isEmpty();
    }

    @Test
    void unlinksWhatWasBornBefore() {
        long position = 1_790_000_000_000_000L;
        put("older", born(position - 1));
        put("same", born(position));
        put("younger", born(position + 1));
        put("small", born(255));
        Reclaimed removed = new Reclaimed(true, born(0).length, Duration.ZERO);
        assertThat(result(store.unlinkBornBefore("older", position))).isEqualTo(removed);
        for (String kept : List.of("same", "younger")) {
            Reclaimed younger = result(store.unlinkBornBefore(kept, position));
            assertThat(younger.removed()).isFalse();
            assertThat(younger.kept()).isBetween(LONG.minusSeconds(10), LONG);
        }
        assertThat(result(store.unlinkBornBefore("small", 256))).isEqualTo(removed);
        assertThat(result(store.unlinkBornBefore("missing", position))).isEqualTo(Reclaimed.NOTHING);
        assertThat(result(store.get("older"))).isNull();
        assertThat(result(store.get("same"))).isNotNull();
    }

    @Test
    void readsWhereValuesStandInTheLog() {
        byte[] standing = born(1_790_000_000_000_000L);
        standing[ValueHeader.GENERATION_OFFSET + 7] = 9;
        put("standing", standing);
        byte[] nothing = born(1_790_000_000_000_001L);
        nothing[ValueHeader.FLAGS_OFFSET] = ValueHeader.NULL;
        put("nothing", nothing);
        put("foreign", bytes("neither generation nor birth"));
        put("short", bytes("R"));
        assertThat(result(store.births(List.of("missing", "standing", "nothing", "foreign", "short"))))
                .containsExactly(
                        null,
                        new Born(9, 1_790_000_000_000_000L, false),
                        new Born(0, 1_790_000_000_000_001L, true),
                        null,
                        null);
        assertThat(result(store.births(List.of()))).isEmpty();
    }

    @Test
    void unlinksTheUnreadableAsBornBefore() {
        byte[] foreign = born(Long.MAX_VALUE);
        foreign[0] = 'X';
        put("foreign", foreign);
        put("short", bytes("R"));
        put("empty", new byte[0]);
        assertThat(result(store.unlinkBornBefore("foreign", 1)).removed()).isTrue();
        assertThat(result(store.unlinkBornBefore("short", 1)).removed()).isTrue();
        assertThat(result(store.unlinkBornBefore("empty", 1)).removed()).isTrue();
    }

    @Test
    void scansByPrefix() {
        Set<String> users = new HashSet<>();
        List<CompletableFuture<?>> stored = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            users.add("user:" + i);
            stored.add(putAsync("user:" + i, bytes("v")));
            stored.add(putAsync("miner:" + i, bytes("v")));
        }
        stored.forEach(Await::result);
        result(store.acquire(lease("user:leased", "a")));
        assertThat(scan("user:")).isEqualTo(users);
        assertThat(scan("nothing")).isEmpty();
        assertThat(scan("")).hasSize(3_000);
    }

    @Test
    void takesThePrefixLiterally() {
        put("a*b:1", bytes("v"));
        put("axb:1", bytes("v"));
        put("[ab]?\\:1", bytes("v"));
        put("a", bytes("v"));
        assertThat(scan("a*")).containsExactly("a*b:1");
        assertThat(scan("[ab]?\\")).containsExactly("[ab]?\\:1");
    }

    @Test
    void keepsItsEpochWhileTheServersStay() {
        result(store.acquire(lease(KEY, "a")));
        long before = store.epoch();
        assertThat(result(store.acquire(lease(KEY, "b"))).acquired()).isFalse();
        put(KEY, bytes("value"));
        assertThat(result(store.get(KEY))).isEqualTo(bytes("value"));
        assertThat(store.epoch()).isEqualTo(before);
    }

    @Test
    void changesItsEpochBeforeAnswersOfOtherServers() {
        put(KEY, bytes("value"));
        for (int round = 0; round < 5; round++) {
            long before = store.epoch();
            ports.changeServers();
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> failure(store.get(KEY)) == null);
            assertThat(store.epoch()).isNotEqualTo(before);
        }
        List<String> everywhere = IntStream.range(0, 64).mapToObj(i -> KEY + i).toList();
        Awaitility.await().until(() -> everywhere.stream().allMatch(key -> failure(store.get(key)) == null));
    }

    private Set<String> scan(String prefix) {
        Set<String> found = new HashSet<>();
        String cursor = null;
        do {
            Page page = result(store.scan(prefix, cursor));
            found.addAll(page.keys());
            cursor = page.cursor();
        } while (cursor != null);
        return found;
    }

    private void put(String key, byte[] value) {
        assertThat(result(putAsync(key, value))).isTrue();
    }

    private CompletableFuture<Boolean> putAsync(String key, byte[] value) {
        Lease lease = lease(key, "put");
        return store.takeOver(lease)
                .thenCompose(taken -> store.store(lease, value, LONG))
                .toCompletableFuture();
    }

    private static Lease lease(String key, String token) {
        return new Lease(key, token, LONG);
    }

    private static byte[] born(long birth) {
        return ByteBuffer.allocate(40)
                .put(0, ValueHeader.MAGIC)
                .putLong(ValueHeader.BIRTH_OFFSET, birth)
                .array();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
