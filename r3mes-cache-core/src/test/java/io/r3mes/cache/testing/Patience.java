package io.r3mes.cache.testing;

import io.lettuce.core.RedisException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** How long servers get to reach a state. A server that changes its role drops its connections, which is no failure. */
final class Patience {

    private Patience() {}

    static ConditionFactory await(String state) {
        return Awaitility.await(state)
                .pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(40))
                .ignoreExceptionsInstanceOf(RedisException.class);
    }
}
