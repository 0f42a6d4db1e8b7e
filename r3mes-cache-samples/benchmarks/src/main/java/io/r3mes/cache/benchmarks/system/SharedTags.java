package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.Loader;
import io.r3mes.cache.benchmarks.fixture.Profile;

/** Tags that the loader decides, each shared by about a thousandth of all entries. Nothing tells their entries but an index. */
final class SharedTags {

    private static final int GROUPS = 1_000;

    private SharedTags() {}

    /** A loader that takes no time and gives each entry so many tags. */
    static Loader<String, Profile, RuntimeException> adding(int tags) {
        return (wallet, context) -> {
            int group = Math.floorMod(wallet.hashCode(), GROUPS);
            for (int i = 0; i < tags; i++) {
                context.tags("group" + i + ":" + group);
            }
            return Profile.of(wallet);
        };
    }
}
