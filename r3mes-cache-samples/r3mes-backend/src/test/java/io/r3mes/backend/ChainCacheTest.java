package io.r3mes.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.backend.Backend.Answer;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The rows {@code network:stats}, {@code block:height} and {@code block:recent} of the table of caches. */
@ExtendWith(Cluster.Extension.class)
class ChainCacheTest {

    private static final String[] READS = {"/api/network/stats", "/api/blocks/height", "/api/blocks/recent"};

    private final Backend backend;
    private final Entries entries;

    ChainCacheTest(Cluster cluster) {
        backend = cluster.first();
        entries = cluster.entries();
    }

    @BeforeEach
    void nothingIsCached() {
        backend.invalidator().invalidateByTag("chain").removed().join();
    }

    @Test
    void eachReadIsCachedForItsTime() {
        for (String read : READS) {
            assertThat(backend.get(read).cache()).as(read).isEqualTo("MISS");
            assertThat(backend.get(read).cache()).as(read).isEqualTo("HIT");
        }

        entries.assertLives("network:stats", Duration.ofSeconds(60));
        entries.assertLives("block:height", Duration.ofSeconds(10));
        entries.assertLives("block:recent", Duration.ofSeconds(30));
    }

    @Test
    void aBlockInvalidatesTheHeight() {
        long height = backend.get("/api/blocks/height").json().get("height").asLong();

        backend.post("/api/blocks");

        Answer read = backend.get("/api/blocks/height");
        assertThat(read.cache()).isEqualTo("MISS");
        assertThat(read.json().get("height").asLong()).isEqualTo(height + 1);
    }

    @Test
    void aBlockInvalidatesAndThenWarmsNetworkStatsAndRecentBlocks() {
        backend.get("/api/network/stats");
        backend.get("/api/blocks/recent");

        long height = backend.post("/api/blocks").json().get("height").asLong();

        assertThat(backend.get("/api/network/stats").json().get("height").asLong())
                .isEqualTo(height);
        assertThat(backend.get("/api/blocks/recent").json().get(0).get("height").asLong())
                .isEqualTo(height);
    }

    @Test
    void aBlockWarmsWhatNobodyRead() {
        backend.post("/api/blocks");

        entries.awaitPresent("network:stats");
        entries.awaitPresent("block:recent");
        assertThat(backend.get("/api/network/stats").cache()).isEqualTo("HIT");
        assertThat(backend.get("/api/blocks/recent").cache()).isEqualTo("HIT");
        assertThat(entries.exists("block:height")).isFalse();
    }

    @Test
    void aTransactionInvalidatesAllThree() {
        for (String read : READS) {
            backend.get(read);
        }
        long pending = backend.get("/api/network/stats").json().get("pending").asLong();

        Answer accepted = backend.post("/api/transactions", """
                {"sender": "wallet1", "recipient": "wallet2", "amount": 3}
                """);

        assertThat(accepted.status()).isEqualTo(202);
        for (String read : READS) {
            assertThat(backend.get(read).cache()).as(read).isEqualTo("MISS");
        }
        assertThat(backend.get("/api/network/stats").json().get("pending").asLong())
                .isEqualTo(pending + 1);
    }

    @Test
    void aBlockPaysItsMinerWhoseStatsAreInvalidated() {
        Answer block = backend.post("/api/blocks");
        String next = minerAfter(block.json().get("miner").asString());
        long mined = minedBy(next);

        assertThat(backend.post("/api/blocks").json().get("miner").asString()).isEqualTo(next);

        assertThat(minedBy(next)).isEqualTo(mined + 1);
    }

    private long minedBy(String wallet) {
        return backend.get("/api/miners/" + wallet + "/stats")
                .json()
                .get("blocksMined")
                .asLong();
    }

    /** The miners take turns in the order of their wallets' numbers. */
    private static String minerAfter(String wallet) {
        return "wallet" + (Integer.parseInt(wallet.substring("wallet".length())) + 3);
    }
}
