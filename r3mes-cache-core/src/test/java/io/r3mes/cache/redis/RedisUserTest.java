package io.r3mes.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.RedisUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hardened user that the documentation shows, as which all other tests run, and what it may not do. */
class RedisUserTest {

    private static RedisProcess server;
    private static RedisClient client;
    private static StatefulRedisConnection<String, String> connection;

    @BeforeAll
    static void start() {
        server = RedisServers.standalone();
        client = RedisClient.create(RedisURI.create(server.uri(RedisUser.CONTRACT)));
        connection = client.connect();
    }

    @AfterAll
    static void stop() {
        connection.close();
        client.shutdown();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "KEYS *",
                "FLUSHALL",
                "FLUSHDB",
                "SWAPDB 0 1",
                "RANDOMKEY",
                "DUMP test-1:k",
                "RESTORE test-1:k 0 x",
                "MIGRATE 127.0.0.1 1 test-1:k 0 10",
                "SORT test-1:k",
                "CONFIG GET *",
                "CONFIG SET maxmemory 1",
                "ACL WHOAMI",
                "ACL SETUSER contract +@all",
                "MONITOR",
                "REPLICAOF NO ONE",
                "FAILOVER",
                "SHUTDOWN NOSAVE",
                "SAVE",
                "BGSAVE",
                "MODULE LIST",
                "FUNCTION LIST",
                "FCALL f 0",
                "SCRIPT FLUSH",
                "SCRIPT LOAD x",
                "SLOWLOG GET",
                "LATENCY RESET",
                "CLIENT LIST",
                "CLIENT KILL TYPE normal",
                "CLIENT PAUSE 1",
                "CLUSTER RESET",
                "CLUSTER FAILOVER",
                "PUBLISH c m",
                "SUBSCRIBE c",
                "GET other:k",
                "SET other:k v",
                "GET {other}:meta",
                "HGETALL {other}:meta",
                "SET {other:k}:lease v",
                "DEL test",
                "XREAD STREAMS {other}:log 0"
            })
    void isDenied(String command) {
        assertThatThrownBy(() -> run(command))
                .isInstanceOf(RedisCommandExecutionException.class)
                .hasMessageStartingWith("NOPERM");
    }

    @Test
    void isDeniedInScriptsToo() {
        assertThatThrownBy(() -> eval("return redis.call('GET', 'other:k')")).hasMessageContaining("can't access");
        assertThatThrownBy(() -> eval("return redis.call('FLUSHALL')")).hasMessageContaining("can't run this command");
    }

    @Test
    void mayUseItsNamespace() {
        assertThat(connection.sync().set("test-1:k", "v")).isEqualTo("OK");
        assertThat(connection.sync().set("{test-1:k}:lease", "v")).isEqualTo("OK");
        assertThat(connection.sync().hset("{test-1}:meta", "f", "v")).isTrue();
    }

    @Test
    void isTheOneInTheDocumentation() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "redis.md"), StandardCharsets.UTF_8);
        int from = page.indexOf("ACL SETUSER r3mes ");
        String shown = page.substring(from, page.indexOf("```", from)).replace("\\\n", " ");
        List<String> words = Arrays.stream(shown.split("\\s+")).skip(3).toList();
        assertThat(words).startsWith("on", ">PASSWORD");
        assertThat(words.subList(2, words.size()))
                .containsExactlyElementsOf(new RedisUser("r3mes", "", "r3mes").rules());
    }

    private static void eval(String script) {
        connection.sync().eval(script, ScriptOutputType.VALUE, "test-1:k");
    }

    private static void run(String command) {
        String[] words = command.split(" ");
        CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
        Arrays.stream(words).skip(1).forEach(arguments::add);
        connection.sync().dispatch(new Name(words[0]), new NestedMultiOutput<>(StringCodec.UTF8), arguments);
    }

    private record Name(String text) implements ProtocolKeyword {
        @Override
        public byte[] getBytes() {
            return text.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
