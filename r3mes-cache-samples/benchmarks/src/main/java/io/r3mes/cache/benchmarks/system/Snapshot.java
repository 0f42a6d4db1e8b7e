package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.CacheManager;
import io.r3mes.cache.benchmarks.fixture.Profile;
import io.r3mes.cache.testing.RedisServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** What a server holds after a cache was filled, for others to start with. */
final class Snapshot implements AutoCloseable {

    private static final String FILE = "snapshot.rdb";

    private final Path directory = Files.createTempDirectory("snapshot");

    /** Of so many entries of the records' cache, all with one tag. */
    Snapshot(int entries) throws Exception {
        try (Arena arena = new Arena(settings())) {
            List<String> wallets =
                    IntStream.range(0, entries).mapToObj(Profile::wallet).toList();
            CacheManager node = arena.node(InvalidateMany.POLICY);
            Filling.quickly(node.cache(InvalidateMany.POLICY.name(), Profile.class), wallets, Profile::of);
            Arena.awaitMembers(node, InvalidateMany.TAG, entries);
            node.close();
            RedisServers.command(arena.redis(), redis -> redis.save());
        }
    }

    /** Starts a server with it. */
    Arena start() {
        return new Arena(settings());
    }

    private String[] settings() {
        return new String[] {
            "--dir", directory.toString(), "--dbfilename", FILE, "--rdbcompression", "no", "--rdbchecksum", "no"
        };
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(directory.resolve(FILE));
        Files.delete(directory);
    }
}
