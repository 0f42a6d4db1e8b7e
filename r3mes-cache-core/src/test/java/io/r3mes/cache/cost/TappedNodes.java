package io.r3mes.cache.cost;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Nodes with a few caches, before one Redis server, each command of theirs noted. The server knows all scripts. */
final class TappedNodes implements AutoCloseable {

    /** Ids fill one placeholder. The tag of each entry of the second names it, that of all of the third does not. The last is for {@link #settle}. */
    enum Caches {
        NEAR,
        TAGGED,
        SHARED,
        FAR,
        SETTLING
    }

    private final RedisProcess server = RedisServers.standalone();
    private final Tap tap = Tap.before(server);
    private final TestNodes nodes = TestNodes.on(tap.settings(), "costs");
    private final RoundTrips trips = new RoundTrips();
    private final CacheManager node = start();

    TappedNodes() {
        warmUp();
    }

    /** Has the server learn all scripts, each of which is sent in full once. */
    private void warmUp() {
        Cache<String, String> tagged = cache(Caches.TAGGED);
        tagged.get("warm", (id, context) -> "value");
        tagged.delete("another");
        try (CacheManager late = start()) {
            late.cache("TAGGED", String.class).get("warm", (id, context) -> "value");
        }
        tagged.set("warm", "up");
        settle();
        cache(Caches.SHARED).get("warm", (id, context) -> "value");
        settle();
        node.invalidator().invalidateByTag("owner:warm", "all").removed().join();
        tagged.delete("warm");
    }

    /** A further node, which follows the log and remembers nothing of what was before. */
    CacheManager start() {
        CachePolicy tagged = CachePolicy.of("TAGGED", "tagged:{id}").withTags("owner:{id}");
        return nodes.start(builder -> builder.caches(
                        CachePolicy.of("NEAR", "near:{id}"),
                        tagged,
                        CachePolicy.of("SHARED", "shared:{id}").withTags("all"),
                        CachePolicy.of("FAR", "far:{id}").withLocal(CachePolicy.Local.OFF),
                        CachePolicy.of("SETTLING", "settling:{id}").withLocal(CachePolicy.Local.OFF))
                // A node that the machine leaves without a proof for so long would ask Redis once more.
                .maxStaleness(Duration.ofMinutes(1))
                .remoteStore(trips::between)
                .invalidationLog(trips::between));
    }

    CacheManager node() {
        return node;
    }

    Cache<String, String> cache(Caches which) {
        return node.cache(which.name(), String.class);
    }

    /** What a call sends, to the end of what it leaves to the background on the connection of most commands. */
    List<Exchange> exchanges(Callable<?> call) throws Exception {
        settle();
        tap.reset();
        call.call();
        List<Exchange> settled = settle();
        return settled.subList(0, settled.size() - 1);
    }

    List<String> sent(Callable<?> call) throws Exception {
        return exchanges(call).stream().map(Exchange::name).toList();
    }

    /** How often the caller waits for Redis. */
    int roundTrips(Callable<?> call) throws Exception {
        settle();
        return trips.of(call);
    }

    /** What the log reader asked and got for one invalidation. */
    Exchange delivery(Callable<Invalidation> call) throws Exception {
        settle();
        tap.reset();
        long position = call.call().position().orElseThrow();
        if (!node.awaitApplied(position, Duration.ofSeconds(10))) {
            throw new IllegalStateException("The node does not apply its invalidation");
        }
        return Awaitility.await()
                .until(tap::delivered, found -> !found.isEmpty())
                .get(0);
    }

    /** Redis answers in order, so what was sent before a read is noted when the read is answered. */
    private List<Exchange> settle() {
        node.get("settling:nothing", String.class);
        return tap.noted();
    }

    @Override
    public void close() {
        nodes.close();
        tap.close();
        server.close();
    }
}
