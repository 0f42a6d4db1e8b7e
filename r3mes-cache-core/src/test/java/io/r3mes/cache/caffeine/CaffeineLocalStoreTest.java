package io.r3mes.cache.caffeine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.LocalEntry;
import io.r3mes.cache.spi.LocalStore;
import io.r3mes.cache.spi.LocalStoreContract;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

class CaffeineLocalStoreTest extends LocalStoreContract {

    private static final int ENTRIES = 10;

    @Override
    protected LocalStore.Factory factory() {
        return new CaffeineLocalStoreFactory(ForkJoinPool.commonPool());
    }

    @Test
    void readersLeaveTheMaintenanceToTheExecutor() {
        Queue<Runnable> left = new ArrayDeque<>();
        LocalStore store = new CaffeineLocalStoreFactory(left::add)
                .create(new CachePolicy.Local(true, ENTRIES, Duration.ofMinutes(1)));
        for (int i = 0; i < ENTRIES; i++) {
            store.put(i, entry(), 0);
        }
        for (Runnable task = left.poll(); task != null; task = left.poll()) {
            task.run();
        }
        for (int i = 0; i < 1_000; i++) {
            assertThat(store.get(i % ENTRIES, 0)).isNotNull();
        }
        assertThat(left).isNotEmpty();
    }

    private static LocalEntry entry() {
        return new LocalEntry(
                "value",
                "key",
                List.of(),
                new LocalEntry.Birth(1, 1, 1),
                new LocalEntry.Times(Long.MAX_VALUE, Long.MAX_VALUE));
    }
}
