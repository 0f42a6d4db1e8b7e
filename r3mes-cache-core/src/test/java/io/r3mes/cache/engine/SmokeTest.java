package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SmokeTest {
    record User(String wallet, int credits) {}

    @Test
    void memory() throws Exception {
        try (TestNodes n = TestNodes.inMemory()) {
            run(n);
        }
    }

    @Test
    void redis() throws Exception {
        try (RedisProcess r = RedisServers.standalone();
                TestNodes n = TestNodes.on(r)) {
            run(n);
        }
    }

    void run(TestNodes nodes) throws Exception {
        CachePolicy p = CachePolicy.of("users", "user:info:{wallet}").withTags("user:{wallet}");
        CacheManager a = nodes.start(p), b = nodes.start(p);
        Cache<String, User> ca = a.cache("users", User.class), cb = b.cache("users", User.class);
        AtomicInteger loads = new AtomicInteger();
        for (int i = 0; i < 3; i++)
            assertThat(ca.get("w1", (w, c) -> {
                        loads.incrementAndGet();
                        return new User(w, 5);
                    }))
                    .isEqualTo(new User("w1", 5));
        assertThat(cb.get("w1", (w, c) -> {
                    loads.incrementAndGet();
                    return new User(w, 6);
                }))
                .isEqualTo(new User("w1", 5));
        assertThat(loads).hasValue(1);
        assertThat(cb.getIfPresent("w1").isHit()).isTrue();
        Invalidation inv = a.invalidator().invalidateByTag("user:w1");
        System.out.println(inv + " " + inv.removed().join());
        assertThat(ca.getIfPresent("w1").isHit()).isFalse();
        long t = System.nanoTime();
        assertThat(b.awaitApplied(inv.position().getAsLong(), java.time.Duration.ofSeconds(1)))
                .isTrue();
        System.out.println("applied after us " + (System.nanoTime() - t) / 1000);
        assertThat(cb.getIfPresent("w1").isHit()).isFalse();
        t = System.nanoTime();
        assertThat(inv.awaitEverywhere(java.time.Duration.ofSeconds(2))).isTrue();
        System.out.println("everywhere after ms " + (System.nanoTime() - t) / 1000000);
        ca.set("w1", new User("w1", 9));
        assertThat(ca.getIfPresent("w1").orElse(null)).isEqualTo(new User("w1", 9));
        assertThat(b.get("user:info:w1", User.class).orElse(null)).isEqualTo(new User("w1", 9));
        assertThat(ca.getAll(List.of("w1", "w2", "w3"), ids -> {
                    Map<String, User> m = new HashMap<>();
                    ids.forEach(i -> m.put(i, new User(i, 1)));
                    return m;
                }))
                .hasSize(3);
        assertThat(cb.getIfPresent("w3").isHit()).isTrue();
        inv = b.invalidator().invalidateByPattern("user:*");
        System.out.println(inv + " " + inv.removed().join());
        assertThat(cb.getIfPresent("w3").isHit()).isFalse();
        System.out.println(a.metrics().stats() + " " + a.metrics().topHitKeys(3) + " " + a.status());
    }
}
