package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.benchmarks.fixture.Application;
import io.r3mes.cache.benchmarks.fixture.Profile;
import io.r3mes.cache.caffeine.CaffeineLocalStoreFactory;
import io.r3mes.cache.spi.LocalEntry;
import io.r3mes.cache.spi.LocalStore;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/** Tells the heap that an entry takes, ids and value apart, in a JVM of its own. */
final class HeapOfEntries {

    private static final int ENTRIES = 100_000;
    private static final Profile PROFILE = Profile.of("one");

    private HeapOfEntries() {}

    /** Argument: {@code caffeine} or {@code r3mes-cache}. */
    public static void main(String[] arguments) {
        List<String> ids = IntStream.range(0, ENTRIES).mapToObj(Profile::wallet).toList();
        var caffeine = Application.<Object, Object>caffeine();
        LocalStore near = new CaffeineLocalStoreFactory(ForkJoinPool.commonPool())
                .create(new CachePolicy.Local(true, Application.NEAR_ENTRIES, Application.TTL));
        boolean bare = arguments[0].equals("caffeine");
        long before = used();
        for (String id : ids) {
            if (bare) {
                caffeine.put(id, PROFILE);
            } else {
                near.put(id, entry(id), System.nanoTime());
            }
        }
        System.out.println((used() - before) / (double) ENTRIES);
        System.out.println(ids.size() + caffeine.estimatedSize() + near.size());
        System.exit(0);
    }

    /** With its key and one tag, as a load makes it. */
    private static LocalEntry entry(String id) {
        long now = System.nanoTime();
        return new LocalEntry(
                PROFILE,
                "profile:" + id,
                List.of("wallet:" + id),
                new LocalEntry.Birth(1, 1, 1),
                new LocalEntry.Times(now + Application.TTL.toNanos(), now + Application.TTL.toNanos()));
    }

    private static long used() {
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
