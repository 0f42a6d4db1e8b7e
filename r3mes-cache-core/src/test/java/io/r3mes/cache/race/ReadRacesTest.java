package io.r3mes.cache.race;

import static io.r3mes.cache.race.RaceFixture.CACHE;
import static io.r3mes.cache.race.RaceFixture.end;
import static io.r3mes.cache.race.RaceFixture.waver;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.Invalidation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads that go on while a value is invalidated or replaced: none that starts after the acknowledgement is older. */
class ReadRacesTest {

    private final RaceFixture race = new RaceFixture();

    @AfterEach
    void close() {
        race.close();
    }

    @Test
    void readAfterInvalidationBySameThread() throws Exception {
        Readers readers = new Readers(race.here, race.cacheHere);
        race.play("invalidate returned, then a read by the same thread", id -> {
            race.cacheHere.get(id, race.database.loader());
            long committed = race.database.commit(id);
            byKey(race.here, id);
            race.count(race.cacheHere.get(id, race.database.loader()), committed);
            readers.promise(id, committed);
        });
        readers.end();
    }

    @Test
    void localCopyRefilledWhileInvalidating() throws Exception {
        Readers readers = new Readers(race.here, race.cacheHere);
        race.play("near cache refilled from Redis while invalidating", id -> {
            race.cacheThere.refresh(id, race.database.loader());
            waver();
            long committed = race.database.commit(id);
            byKey(race.here, id);
            readers.promise(id, committed);
        });
        readers.end();
    }

    @Test
    void copyOfAnotherNodeOvertakenByTheMessage() throws Exception {
        Readers readers = new Readers(race.there, race.cacheThere);
        race.play("copy on another node overtaken by the message", id -> {
            race.cacheHere.get(id, race.database.loader());
            waver();
            long committed = race.database.commit(id);
            Invalidation acknowledged = byKey(race.here, id);
            race.awaitBoth(acknowledged);
            readers.promise(id, committed);
            race.count(race.cacheThere.get(id, race.database.loader()), committed);
        });
        readers.end();
    }

    @Test
    void peerCachesTheOldValueAgainOnTheMessage() throws Exception {
        Readers readers = new Readers(race.there, race.cacheThere);
        race.play("peer caches the old value again on a tag's message", id -> {
            race.cacheHere.get(id, race.database.loader());
            long committed = race.database.commit(id);
            Invalidation acknowledged = race.here.invalidator().invalidateByTag("id:" + id);
            race.awaitBoth(acknowledged);
            readers.promise(id, committed);
            race.check(id, acknowledged);
        });
        readers.end();
    }

    @Test
    void valueComesBackAfterSetAndInvalidate() throws Exception {
        race.play("set, then invalidate: the value comes back", id -> {
            long written = race.database.commit(id);
            Future<Invalidation> set = race.start(() -> race.cacheHere.set(id, written));
            waver();
            end(set);
            race.database.commit(id);
            Invalidation acknowledged = byKey(race.here, id);
            race.check(id, acknowledged);
        });
    }

    @Test
    void freshValueLostByClearBeforeIt() throws Exception {
        race.play("clear, then set: the fresh value is lost", id -> {
            race.cacheHere.get(id, race.database.loader());
            Invalidation cleared = race.here.invalidator().invalidateCache(CACHE);
            long written = race.database.commit(id);
            race.cacheHere.set(id, written);
            cleared.removed().join();
            if (race.cacheHere.getIfPresent(id).orElse(-1L) != written
                    || race.here.get(race.cacheHere.key(id), Long.class).orElse(-1L) != written) {
                race.countOne();
            }
        });
    }

    private Invalidation byKey(CacheManager node, String id) {
        return node.invalidator().invalidateKey("version:" + id);
    }

    /** Threads that read one node's cache without pause and hold every read to what was promised before it started. */
    private final class Readers {

        private final Map<String, Long> promised = new ConcurrentHashMap<>();
        private final AtomicBoolean over = new AtomicBoolean();
        private final List<Future<?>> threads = new ArrayList<>();

        Readers(CacheManager node, Cache<String, Long> cache) {
            for (int i = 0; i < 2; i++) {
                threads.add(race.start(() -> {
                    for (long n = 0; !over.get(); n++) {
                        String id = "k" + n % 7;
                        long atLeast = promised.getOrDefault(id, 0L);
                        Long read = n % 3 == 0
                                ? cache.getIfPresent(id).orElse(Long.MAX_VALUE)
                                : cache.get(id, race.database.loader());
                        race.count(read, atLeast);
                    }
                    return node;
                }));
            }
        }

        void promise(String id, long atLeast) {
            promised.merge(id, atLeast, Math::max);
        }

        void end() throws Exception {
            over.set(true);
            for (Future<?> thread : threads) {
                RaceFixture.end(thread);
            }
        }
    }
}
