package io.r3mes.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.backend.Backend.Answer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The rows {@code miner:stats}, {@code miner:earnings} and {@code miner:hashrate} of the table of caches. */
@ExtendWith(Cluster.Extension.class)
class MinerCacheTest {

    private final Backend backend;
    private final Entries entries;

    MinerCacheTest(Cluster cluster) {
        backend = cluster.first();
        entries = cluster.entries();
    }

    @Test
    void statsAreCachedForOneMinuteAndHistoriesForTen() {
        for (String read : new String[] {"stats", "earnings", "hashrate"}) {
            Answer miss = backend.get("/api/miners/wallet30/" + read);
            Answer hit = backend.get("/api/miners/wallet30/" + read);
            assertThat(miss.cache()).as(read).isEqualTo("MISS");
            assertThat(hit.cache()).as(read).isEqualTo("HIT");
            assertThat(hit.json()).isEqualTo(miss.json());
        }

        entries.assertLives("miner:stats:wallet30", Duration.ofSeconds(60));
        entries.assertLives("miner:earnings:wallet30", Duration.ofSeconds(600));
        entries.assertLives("miner:hashrate:wallet30", Duration.ofSeconds(600));
    }

    @Test
    void reportingTheHashrateInvalidatesAllThree() {
        backend.get("/api/miners/wallet33/stats");
        int earnings = backend.get("/api/miners/wallet33/earnings").json().size();
        backend.get("/api/miners/wallet33/hashrate");

        assertThat(backend.post("/api/miners/wallet33/hashrate?value=4711").status())
                .isEqualTo(204);

        assertThat(entries.exists("miner:stats:wallet33")).isFalse();
        assertThat(entries.exists("miner:earnings:wallet33")).isFalse();
        assertThat(entries.exists("miner:hashrate:wallet33")).isFalse();
        Answer stats = backend.get("/api/miners/wallet33/stats");
        assertThat(stats.cache()).isEqualTo("MISS");
        assertThat(stats.json().get("hashrate").asLong()).isEqualTo(4711);
        assertThat(backend.get("/api/miners/wallet33/earnings").json().size()).isEqualTo(earnings + 1);
        assertThat(backend.get("/api/miners/wallet33/hashrate")
                        .json()
                        .get(0)
                        .get("hashrate")
                        .asLong())
                .isEqualTo(4711);
    }

    @Test
    void registeringAMinerWarmsItsStats() {
        assertThat(backend.get("/api/miners/wallet31/stats").status()).isEqualTo(404);
        assertThat(backend.get("/api/miners/wallet31/earnings").status()).isEqualTo(404);

        assertThat(backend.post("/api/miners/wallet31/register").status()).isEqualTo(201);

        entries.awaitPresent("miner:stats:wallet31");
        Answer stats = backend.get("/api/miners/wallet31/stats");
        assertThat(stats.status()).isEqualTo(200);
        assertThat(stats.cache()).isEqualTo("HIT");
        assertThat(backend.get("/api/miners/wallet31/earnings").cache()).isEqualTo("MISS");
    }

    @Test
    void loginOfAMinerWarmsItsStats() {
        assertThat(entries.exists("miner:stats:wallet36")).isFalse();

        backend.post("/api/login/wallet36");

        entries.awaitPresent("miner:stats:wallet36");
        entries.awaitPresent("user:info:wallet36");
        entries.awaitPresent("user:credits:wallet36");
        assertThat(backend.get("/api/miners/wallet36/stats").cache()).isEqualTo("HIT");
        assertThat(entries.exists("miner:earnings:wallet36")).isFalse();
    }
}
