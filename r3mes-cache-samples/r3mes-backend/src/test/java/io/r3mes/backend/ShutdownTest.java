package io.r3mes.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.backend.user.UserService;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Closing the application loses no invalidation. */
@ExtendWith(Cluster.Extension.class)
class ShutdownTest {

    private final Cluster cluster;

    ShutdownTest(Cluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void writeBehindIsDrainedBeforeTheApplicationEnds() {
        List<String> wallets =
                IntStream.rangeClosed(401, 450).mapToObj(n -> "wallet" + n).toList();
        wallets.forEach(wallet -> cluster.first().get("/api/users/" + wallet));
        assertThat(wallets).allMatch(wallet -> cluster.entries().exists("user:info:" + wallet));

        try (Backend leaving = Backend.start(cluster.servers().properties())) {
            UserService users = leaving.bean(UserService.class);
            cluster.entries().pauseRedis(Duration.ofSeconds(1));
            wallets.forEach(users::touch);
        }

        assertThat(wallets).noneMatch(wallet -> cluster.entries().exists("user:info:" + wallet));
    }
}
