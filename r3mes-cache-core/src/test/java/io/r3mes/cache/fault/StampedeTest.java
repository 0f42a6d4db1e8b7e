package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.testing.ChildJvm;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The threads of two JVMs ask for one missing key at once. */
class StampedeTest {

    private static final String NAMESPACE = "stampede";
    private static final int WARM_UP = 5;

    @Test
    void oneThreadOfTwoProcessesLoads() throws Exception {
        try (RedisProcess redis = RedisServers.standalone();
                Crowd here = new Crowd(redis.uri(), NAMESPACE);
                OtherCrowd there = new OtherCrowd(redis.uri())) {
            here.awaitTrust();
            for (int i = 0; i < WARM_UP; i++) {
                assertThat(ask(here, there, "warm" + i).loads()).isOne();
            }
            LongStream.Builder all = LongStream.builder();
            int keys = Form.of(20, 500);
            for (int i = 0; i < keys; i++) {
                Crowd.Outcome both = ask(here, there, "k" + i);
                assertThat(both.loads()).isOne();
                Arrays.stream(both.waits()).forEach(all);
            }
            report(keys, all.build().sorted().toArray());
        }
    }

    private static Crowd.Outcome ask(Crowd here, OtherCrowd there, String key) throws Exception {
        there.begin(key);
        Crowd.Outcome own = here.ask(key);
        return own.plus(there.outcome());
    }

    private static void report(int keys, long[] sorted) {
        String load = Figures.millis(Crowd.LOAD);
        Figures.record("F26", "2 x 200 threads, one missing key: loads of each of " + keys + " keys", "1", 1);
        record(load + " to load: median wait", "", sorted[sorted.length / 2]);
        record(load + " to load: 99th percentile of the wait", "<= 160 ms", sorted[sorted.length * 99 / 100]);
        record(load + " to load: longest wait", "", sorted[sorted.length - 1]);
    }

    private static void record(String what, String promised, long nanos) {
        Figures.record("F26", what, promised, Duration.ofNanos(nanos));
    }

    /** The handle of the other process. */
    private static final class OtherCrowd implements AutoCloseable {

        private final Process process;
        private final BufferedReader answers;
        private final PrintStream keys;

        OtherCrowd(String uri) throws IOException {
            process = ChildJvm.start(ChildJvm.of(CrowdMain.class, List.of("-Xmx256m"), uri, NAMESPACE)
                    .redirectError(ProcessBuilder.Redirect.DISCARD));
            answers = process.inputReader(StandardCharsets.UTF_8);
            keys = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
            assertThat(answers.readLine()).isEqualTo("ready");
        }

        void begin(String key) {
            keys.println(key);
        }

        Crowd.Outcome outcome() throws IOException {
            return Crowd.Outcome.parse(answers.readLine());
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
