package io.r3mes.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.CacheManager;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A transaction that begins with Redis and commits without. */
class CommitWithoutRedisTest {

    /** What becomes of Redis in the transaction. */
    enum Fault {
        HANGS {
            @Override
            void begin(RedisProcess redis) {
                redis.freeze();
            }

            @Override
            void end(RedisProcess redis) {
                redis.thaw();
            }
        },
        DIES {
            @Override
            void begin(RedisProcess redis) {
                redis.kill();
            }

            @Override
            void end(RedisProcess redis) {
                redis.start();
            }
        };

        abstract void begin(RedisProcess redis);

        abstract void end(RedisProcess redis);
    }

    private static ApplicationContextRunner contexts(RedisProcess redis) {
        return Contexts.redis()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        JdbcTemplateAutoConfiguration.class,
                        JdbcClientAutoConfiguration.class))
                .withBean(Users.class)
                .withPropertyValues(
                        "spring.datasource.url=jdbc:h2:mem:commit;DB_CLOSE_DELAY=-1",
                        "spring.data.redis.port=" + redis.port(),
                        "r3mes.cache.caches.user-info.key=user:info:{wallet}");
    }

    @ParameterizedTest
    @EnumSource
    void theCommitSucceedsAndTheInvalidationFollows(Fault fault) {
        try (RedisProcess redis = RedisServers.standalone()) {
            contexts(redis)
                    .run(context -> contexts(redis).run(other -> {
                        JdbcClient jdbc = context.getBean(JdbcClient.class);
                        jdbc.sql("create table if not exists users(wallet varchar primary key, name varchar)")
                                .update();
                        jdbc.sql("merge into users values ('w1', 'old')").update();
                        commit(fault, redis, context, other);
                    }));
        }
    }

    private static void commit(Fault fault, RedisProcess redis, ApplicationContext context, ApplicationContext other) {
        CacheManager manager = context.getBean(CacheManager.class);
        Users users = context.getBean(Users.class);
        Users elsewhere = other.getBean(Users.class);
        awaitUse(manager);
        awaitUse(other.getBean(CacheManager.class));
        assertThat(users.name("w1")).isEqualTo("old");
        Awaitility.await().until(() -> {
            elsewhere.name("w1");
            return other.getBean(CacheManager.class)
                    .get("user:info:w1", String.class)
                    .isHit();
        });
        long[] from = new long[1];
        new TransactionTemplate(context.getBean(PlatformTransactionManager.class)).executeWithoutResult(status -> {
            users.rename("w1", "new");
            fault.begin(redis);
            from[0] = System.nanoTime();
        });
        print(fault + ": a commit that invalidates", "<= 110 ms", from[0]);
        assertThat(manager.status().pending()).isEqualTo(1);
        assertThat(users.select("w1")).as("committed").isEqualTo("new");
        assertThat(users.name("w1")).as("own reads").isEqualTo("new");
        assertThat(CompletableFuture.supplyAsync(() -> users.name("w1")).join())
                .as("reads of other threads")
                .isEqualTo("new");
        fault.end(redis);
        long back = System.nanoTime();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> manager.status().pending() == 0);
        print(fault + ": the invalidation is delivered after the return", "", back);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> elsewhere.name("w1").equals("new"));
        assertThat(users.name("w1")).isEqualTo("new");
    }

    private static void awaitUse(CacheManager manager) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> manager.status().connected() && !manager.status().fenced());
    }

    private static void print(String what, String promised, long from) {
        System.out.println(String.format(
                Locale.ROOT, "fault: F29  %-74s %-12s %.1f ms", what, promised, (System.nanoTime() - from) / 1e6));
    }

    static class Users {

        private final JdbcClient jdbc;

        Users(JdbcClient jdbc) {
            this.jdbc = jdbc;
        }

        @R3mesCacheable("user-info")
        public String name(String wallet) {
            return select(wallet);
        }

        @R3mesCacheInvalidate(cache = "user-info")
        public void rename(String wallet, String name) {
            jdbc.sql("update users set name = ? where wallet = ?")
                    .params(name, wallet)
                    .update();
        }

        public String select(String wallet) {
            return jdbc.sql("select name from users where wallet = ?")
                    .param(wallet)
                    .query(String.class)
                    .single();
        }
    }
}
