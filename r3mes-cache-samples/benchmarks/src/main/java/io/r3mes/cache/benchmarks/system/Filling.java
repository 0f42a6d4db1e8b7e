package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.Cache;
import io.r3mes.cache.benchmarks.fixture.Profile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Brings many entries into a cache the way an application warms it. */
final class Filling {

    private static final int AT_ONCE = 1_000;

    private Filling() {}

    /** Reads all in batches, with a loader that takes no time. */
    static void byGetAll(Cache<String, Profile> cache, List<String> wallets) {
        for (int from = 0; from < wallets.size(); from += AT_ONCE) {
            cache.getAll(wallets.subList(from, Math.min(wallets.size(), from + AT_ONCE)), Filling::load);
        }
    }

    private static Map<String, Profile> load(Set<String> wallets) {
        return wallets.stream().collect(Collectors.toMap(wallet -> wallet, Profile::of));
    }
}
