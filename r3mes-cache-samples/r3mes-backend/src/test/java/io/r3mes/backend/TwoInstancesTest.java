package io.r3mes.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.r3mes.backend.Backend.Answer;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.Invalidation;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two instances on one Redis: what one writes, the other sees. */
@ExtendWith(Cluster.Extension.class)
class TwoInstancesTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Backend first;
    private final Backend second;

    TwoInstancesTest(Cluster cluster) {
        first = cluster.first();
        second = cluster.second();
    }

    @Test
    void oneInstanceHitsWhatTheOtherLoaded() {
        assertThat(first.get("/api/users/wallet200").cache()).isEqualTo("MISS");
        assertThat(second.get("/api/users/wallet200").cache()).isEqualTo("HIT");
    }

    @Test
    void aWriteOnOneInstanceIsSeenOnTheOther() {
        long before = credits(second, "wallet201");
        assertThat(second.get("/api/users/wallet201/credits").cache()).isEqualTo("HIT");

        first.post("/api/users/wallet201/credits/add?amount=9");

        await().atMost(LIMIT).until(() -> credits(second, "wallet201") == before + 9);
    }

    @Test
    void afterAwaitEverywhereNoInstanceServesTheOldEntry() {
        first.get("/api/users/wallet202");
        assertThat(second.get("/api/users/wallet202").cache()).isEqualTo("HIT");

        Invalidation receipt = first.invalidator().invalidateByTag("user:wallet202");

        assertThat(receipt.awaitEverywhere(LIMIT)).isTrue();
        assertThat(second.get("/api/users/wallet202").cache()).isEqualTo("MISS");
    }

    @Test
    void aReaderMayWaitForThePositionOfAWrite() {
        second.get("/api/miners/wallet207/stats");

        long position = first.post("/api/cache/invalidate?pattern=miner:stats:*")
                .json()
                .get("position")
                .asLong();

        assertThat(second.bean(CacheManager.class).awaitApplied(position, LIMIT))
                .isTrue();
        assertThat(second.get("/api/miners/wallet207/stats").cache()).isEqualTo("MISS");
    }

    @Test
    void aBlockOfOneInstanceIsSeenOnTheOther() {
        second.get("/api/blocks/height");

        Answer block = first.post("/api/blocks");

        long height = block.json().get("height").asLong();
        await().atMost(LIMIT)
                .until(() ->
                        second.get("/api/blocks/height").json().get("height").asLong() == height);
    }

    private static long credits(Backend backend, String wallet) {
        return backend.get("/api/users/" + wallet + "/credits")
                .json()
                .get("credits")
                .asLong();
    }
}
