package io.r3mes.cache.benchmarks.system;

import io.lettuce.core.RedisClient;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.benchmarks.fixture.Profile;
import io.r3mes.cache.testing.TestNodes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The node of {@link Coherence} whose near cache is to lose what was invalidated, in a JVM of its own. */
final class CoherenceListener {

    /** Each line of the input asks for one: a wallet whose profile is then kept near, or this, for a bare message. */
    static final String MESSAGE = "message";

    static final String CHANNEL = "bare";
    static final String READY = "ready";

    private static final int WAIT_SECONDS = 10;

    private final BlockingQueue<Long> arrivals = new LinkedBlockingQueue<>();
    private final CacheManager node;
    private final Cache<String, Profile> cache;

    private CoherenceListener(TestNodes nodes) {
        node = nodes.start(
                builder -> builder.caches(Arena.NEAR).invalidationLog(real -> new AppliedTimes(real, arrivals::add)));
        cache = node.cache(Arena.NEAR.name(), Profile.class);
    }

    /** Arguments: the URIs of Redis for the cache and for the bare client. */
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        try (TestNodes nodes = Arena.nodes(arguments[0]);
                RedisClient client = RedisClient.create(arguments[1]);
                StatefulRedisPubSubConnection<String, String> connection = client.connectPubSub()) {
            CoherenceListener listener = new CoherenceListener(nodes);
            listener.listen(connection);
            answers.println(READY);
            listener.answer(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), answers);
        }
        System.exit(0);
    }

    private void listen(StatefulRedisPubSubConnection<String, String> connection) {
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                arrivals.add(System.nanoTime());
            }
        });
        connection.sync().subscribe(CHANNEL);
    }

    private void answer(BufferedReader lines, PrintStream answers) throws IOException, InterruptedException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            boolean near = !line.equals(MESSAGE);
            if (near) {
                keepNear(line);
            }
            arrivals.clear();
            answers.println(READY);
            Long at = arrivals.poll(WAIT_SECONDS, TimeUnit.SECONDS);
            if (at == null) {
                throw new IllegalStateException("Nothing came within " + WAIT_SECONDS + " s");
            }
            if (near && cache.getIfPresent(line).isHit()) {
                throw new IllegalStateException("Still there: " + line);
            }
            answers.println(at);
        }
    }

    private void keepNear(String wallet) {
        cache.get(wallet, (missing, context) -> Profile.of(missing));
        long before = localHits();
        if (!cache.getIfPresent(wallet).isHit() || localHits() == before) {
            throw new IllegalStateException("Not near: " + wallet);
        }
    }

    private long localHits() {
        return node.metrics().stats(cache.name()).reads().localHits();
    }
}
