package io.r3mes.cache.race;

import static io.r3mes.cache.race.RaceFixture.CACHE;
import static io.r3mes.cache.race.RaceFixture.end;
import static io.r3mes.cache.race.RaceFixture.key;
import static io.r3mes.cache.race.RaceFixture.tag;
import static io.r3mes.cache.race.RaceFixture.waver;

import io.r3mes.cache.Invalidation;
import io.r3mes.cache.Lookup;
import io.r3mes.cache.race.RaceFixture.Round;
import io.r3mes.cache.race.RaceNode.Receipt;
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

    private final RaceFixture race = new RaceFixture(ground());

    Ground ground() {
        return Ground.oneServer();
    }

    @AfterEach
    void close() {
        race.close();
    }

    @Test
    void readAfterInvalidationBySameThread() throws Exception {
        Readers readers = new Readers(race.here);
        race.play("invalidate returned, then a read by the same thread", id -> {
            race.cacheHere.get(id, race.database.loader());
            long committed = race.database.commit(id);
            race.here.invalidate(key(id));
            race.count(race.cacheHere.get(id, race.database.loader()), committed);
            readers.promise(id, committed);
        });
        readers.end();
    }

    @Test
    void localCopyRefilledWhileInvalidating() throws Exception {
        Readers readers = new Readers(race.here);
        race.play("near cache refilled from Redis while invalidating", id -> {
            race.there.refresh(id, race.database.loader());
            waver();
            long committed = race.database.commit(id);
            race.here.invalidate(key(id));
            readers.promise(id, committed);
        });
        readers.end();
    }

    @Test
    void copyOfAnotherNodeOvertakenByTheMessage() throws Exception {
        Readers readers = new Readers(race.there);
        race.play("copy on another node overtaken by the message", id -> {
            race.cacheHere.get(id, race.database.loader());
            waver();
            long committed = race.database.commit(id);
            Receipt acknowledged = race.here.invalidate(key(id));
            race.awaitBoth(acknowledged);
            readers.promise(id, committed);
            race.count(race.there.get(id, race.database.loader()), committed);
        });
        readers.end();
    }

    @Test
    void peerCachesTheOldValueAgainOnTheMessage() throws Exception {
        Readers readers = new Readers(race.there);
        race.play("peer caches the old value again on a tag's message", id -> {
            race.cacheHere.get(id, race.database.loader());
            long committed = race.database.commit(id);
            Receipt acknowledged = race.here.invalidate(tag("id:" + id));
            race.awaitBoth(acknowledged);
            readers.promise(id, committed);
            race.check(id, acknowledged);
        });
        readers.end();
    }

    @Test
    void copyOfANodeThatRemembersNothing() throws Exception {
        Readers readers = new Readers(race.forgetful);
        race.play("copy on a node that remembers nothing", id -> {
            race.here.get(id, race.database.loader());
            waver();
            long committed = race.database.commit(id);
            race.awaitBoth(race.here.invalidate(key(id)));
            race.awaitForgotten();
            readers.promise(id, committed);
        });
        readers.end();
    }

    @Test
    void valueComesBackAfterSetAndInvalidate() throws Exception {
        race.play("set, then invalidate: the value comes back", id -> {
            long written = race.database.commit(id);
            Future<Receipt> set = race.start(() -> LocalNode.receipt(race.cacheHere.set(id, written)));
            waver();
            end(set);
            race.database.commit(id);
            Receipt acknowledged = race.here.invalidate(key(id));
            race.check(id, acknowledged);
        });
    }

    @Test
    void freshValueLostByClearBeforeIt() throws Exception {
        race.playApart("clear, then set: the fresh value is lost", ReadRacesTest::clearedBeforeSet);
    }

    private static Round clearedBeforeSet(RaceFixture race) {
        return id -> {
            race.cacheHere.get(id, race.database.loader());
            Invalidation cleared = race.here.manager().invalidator().invalidateCache(CACHE);
            long written = race.database.commit(id);
            race.cacheHere.set(id, written);
            cleared.removed().join();
            String key = race.cacheHere.key(id);
            keeps(race, race.cacheHere.getIfPresent(id), written);
            keeps(race, race.here.manager().get(key, Long.class), written);
        };
    }

    /** Counts a version that is lost or older; where Redis may be away, nothing need be kept. */
    private static void keeps(RaceFixture race, Lookup<Long> found, long written) {
        if (found.isHit() || race.isCalm()) {
            race.count(found.orElse(-1L), written);
        }
    }

    /** Threads that read one node's cache without pause and hold every read to what was promised before it started. */
    private final class Readers {

        private final Map<String, Long> promised = new ConcurrentHashMap<>();
        private final AtomicBoolean over = new AtomicBoolean();
        private final List<Future<?>> threads = new ArrayList<>();

        Readers(RaceNode node) {
            for (int i = 0; i < 2; i++) {
                threads.add(race.start(() -> {
                    List<String> ids = race.ids();
                    for (int n = 0; !over.get(); n++) {
                        String id = ids.get(n % ids.size());
                        long atLeast = promised.getOrDefault(id, 0L);
                        long read = n % 3 == 0
                                ? node.getIfPresent(id, Long.MAX_VALUE)
                                : node.get(id, race.database.loader());
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
