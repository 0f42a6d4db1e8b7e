package io.r3mes.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.backend.Backend.Answer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Invalidation by tag, pattern, key and cache, and the figures, as the walk-through shows them. */
@ExtendWith(Cluster.Extension.class)
class InvalidationTest {

    private static final List<String> WALLET_READS = List.of(
            "/api/users/%s",
            "/api/users/%s/credits", "/api/miners/%s/stats", "/api/miners/%s/earnings", "/api/miners/%s/hashrate");
    private static final List<String> WALLET_KEYS =
            List.of("user:info:%s", "user:credits:%s", "miner:stats:%s", "miner:earnings:%s", "miner:hashrate:%s");

    private final Backend backend;
    private final Entries entries;

    InvalidationTest(Cluster cluster) {
        backend = cluster.first();
        entries = cluster.entries();
    }

    @BeforeEach
    void twoWalletsAreCached() {
        backend.invalidator().invalidateAll().removed().join();
        read("wallet123");
        read("wallet126");
    }

    @Test
    void byTagDropsAllFiveEntriesOfAWallet() {
        long removed = backend.invalidator()
                .invalidateByTag("user:wallet123")
                .removed()
                .join();

        assertThat(removed).isEqualTo(5);
        assertThat(WALLET_KEYS).noneMatch(key -> entries.exists(key.formatted("wallet123")));
        assertThat(WALLET_READS).allMatch(path -> misses(path.formatted("wallet123")));
        assertThat(WALLET_READS).noneMatch(path -> misses(path.formatted("wallet126")));
    }

    @Test
    void byPatternDropsWhatMatches() {
        long removed =
                backend.invalidator().invalidateByPattern("user:*").removed().join();

        assertThat(removed).isEqualTo(4);
        assertThat(misses("/api/users/wallet123")).isTrue();
        assertThat(misses("/api/users/wallet126/credits")).isTrue();
        assertThat(misses("/api/miners/wallet123/stats")).isFalse();
    }

    @Test
    void byPatternOfOneCacheLeavesItsNeighbours() {
        backend.invalidator().invalidateByPattern("miner:stats:*");

        assertThat(misses("/api/miners/wallet123/stats")).isTrue();
        assertThat(misses("/api/miners/wallet126/stats")).isTrue();
        assertThat(misses("/api/miners/wallet123/earnings")).isFalse();
        assertThat(misses("/api/users/wallet123")).isFalse();
    }

    @Test
    void byKeyDropsOneEntry() {
        long removed = backend.invalidator()
                .invalidateKey("user:info:wallet123")
                .removed()
                .join();

        assertThat(removed).isEqualTo(1);
        assertThat(entries.exists("user:info:wallet123")).isFalse();
        assertThat(misses("/api/users/wallet123")).isTrue();
        assertThat(misses("/api/users/wallet126")).isFalse();
        assertThat(misses("/api/users/wallet123/credits")).isFalse();
    }

    @Test
    void walkThroughShowsMissHitInvalidationMiss() {
        backend.post("/api/cache/invalidate?key=user:info:wallet123");

        assertThat(backend.get("/api/users/wallet123").cache()).isEqualTo("MISS");
        assertThat(backend.get("/api/users/wallet123").cache()).isEqualTo("HIT");

        Answer receipt = backend.post("/api/cache/invalidate?tag=user:wallet123");
        assertThat(receipt.status()).isEqualTo(200);
        assertThat(receipt.json().get("position").asLong()).isPositive();
        assertThat(receipt.json().get("pending").asBoolean()).isFalse();
        assertThat(receipt.json().get("removed").asLong()).isEqualTo(5);
        assertThat(backend.get("/api/users/wallet123").cache()).isEqualTo("MISS");
    }

    @Test
    void invalidatesACacheOverHttp() {
        Answer receipt = backend.post("/api/cache/invalidate?cache=miner-hashrate");

        assertThat(receipt.json().get("removed").asLong()).isEqualTo(2);
        assertThat(misses("/api/miners/wallet123/hashrate")).isTrue();
        assertThat(misses("/api/miners/wallet123/earnings")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?cache=nothing", "?tag=a&key=b", "?key=no:such:template"})
    void refusesAnInvalidationThatNamesNothing(String query) {
        Answer refused = backend.post("/api/cache/invalidate" + query);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("detail").asString()).isNotBlank();
    }

    @Test
    void reportsTheEightFiguresInTotalAndPerCache() {
        backend.get("/api/users/wallet123");

        JsonNode report = backend.get("/api/cache/stats").json();

        for (JsonNode figures :
                List.of(report.get("total"), report.get("caches").get("user-info"))) {
            assertThat(figures.get("hits").asLong()).isPositive();
            assertThat(figures.get("misses").asLong()).isPositive();
            assertThat(figures.get("hitRate").asDouble()
                            + figures.get("missRate").asDouble())
                    .isBetween(0.999, 1.001);
            assertThat(figures.get("averageResponseTimeMillis").asDouble()).isPositive();
            assertThat(figures.get("requestsPerSecond").asDouble()).isPositive();
            assertThat(figures.get("topHitKeys").findValuesAsString("key")).contains("user:info:wallet123");
            assertThat(figures.get("topMissKeys").findValuesAsString("key")).contains("user:info:wallet123");
        }
        assertThat(report.get("caches").size()).isEqualTo(9);
    }

    private void read(String wallet) {
        WALLET_READS.forEach(
                path -> assertThat(backend.get(path.formatted(wallet)).status()).isEqualTo(200));
    }

    private boolean misses(String path) {
        return backend.get(path).cache().equals("MISS");
    }
}
