package io.r3mes.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.memory.MemoryServer;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the simulation takes for Redis answers as Redis does: the same random operations on both, their replies compared
 * but for times and random ids, which must only be equal to the same earlier ones.
 */
class MemoryModelTest {

    private static final int OPERATIONS = Integer.getInteger("r3mes.model.operations", 600);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void answersAsRedisDoes(long seed) {
        try (RedisProcess server = RedisServers.standalone();
                RedisPorts redis = RedisPorts.connected(RedisPorts.settings(Topology.STANDALONE, server.uri()))) {
            ModelSide.Clock clock = new ModelSide.Clock();
            Environment.Timer timer = (delay, task) -> {
                throw new IllegalStateException("Nothing waits here");
            };
            MemoryServer model = new MemoryServer(clock, new SplittableRandom(seed)::nextLong, timer, "model");
            ModelSide real = ModelSide.of(redis);
            ModelSide memory = ModelSide.of(model, clock);
            SplittableRandom random = new SplittableRandom(seed);
            ModelOperations operations = new ModelOperations(random);
            List<String> done = new ArrayList<>();
            for (int i = 0; i < OPERATIONS; i++) {
                clock.advance(Duration.ofNanos(100_000));
                ModelOperations.Operation operation = operations.next(real.positions());
                Object expected = operation.on(real);
                Object actual = operation.on(memory);
                done.add(operation.name() + " -> " + expected);
                assertThat(actual)
                        .as(() ->
                                "After " + String.join("\n", done.subList(Math.max(0, done.size() - 25), done.size())))
                        .isEqualTo(expected);
            }
        }
    }
}
