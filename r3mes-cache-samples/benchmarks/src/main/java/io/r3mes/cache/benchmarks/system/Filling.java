package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.Cache;
import io.r3mes.cache.benchmarks.fixture.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Brings many entries into a cache the way an application warms it: reads in batches, with a loader that takes no time. */
final class Filling {

    private static final int AT_ONCE = 1_000;
    private static final int THREADS = 4;

    private Filling() {}

    /** Reads all by the calling thread. */
    static void byGetAll(Cache<String, Profile> cache, List<String> wallets) {
        batches(wallets).forEach(batch -> cache.getAll(batch, missing -> load(missing, Profile::of)));
    }

    /**
     * Reads all by several threads, for when only the entries matter. Reads them twice: the second time stores what a pause
     * of the machine kept from being stored.
     */
    static void quickly(Cache<String, Profile> cache, List<String> wallets, Function<String, Profile> source)
            throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            for (int pass = 0; pass < 2; pass++) {
                List<Future<?>> all = new ArrayList<>();
                for (List<String> batch : batches(wallets)) {
                    all.add(threads.submit(() -> cache.getAll(batch, missing -> load(missing, source))));
                }
                for (Future<?> each : all) {
                    each.get();
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<List<String>> batches(List<String> wallets) {
        List<List<String>> batches = new ArrayList<>();
        for (int from = 0; from < wallets.size(); from += AT_ONCE) {
            batches.add(wallets.subList(from, Math.min(wallets.size(), from + AT_ONCE)));
        }
        return batches;
    }

    private static Map<String, Profile> load(Set<String> wallets, Function<String, Profile> source) {
        return wallets.stream().collect(Collectors.toMap(wallet -> wallet, source));
    }
}
