package io.r3mes.cache.race;

import static io.r3mes.cache.race.RaceFixture.CACHE;
import static io.r3mes.cache.race.RaceFixture.EAGER;
import static io.r3mes.cache.race.RaceFixture.eagerKey;
import static io.r3mes.cache.race.RaceFixture.end;
import static io.r3mes.cache.race.RaceFixture.key;
import static io.r3mes.cache.race.RaceFixture.tag;
import static io.r3mes.cache.race.RaceFixture.waver;

import io.r3mes.cache.Cache;
import io.r3mes.cache.WarmTask;
import io.r3mes.cache.race.Database.Dawdler;
import io.r3mes.cache.race.RaceFixture.Round;
import io.r3mes.cache.race.RaceNode.Receipt;
import io.r3mes.cache.spi.Event;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Loads that are overtaken by an invalidation: what they bring must not stay. */
class LoadRacesTest {

    private final RaceFixture race = new RaceFixture(ground());

    Ground ground() {
        return Ground.oneServer();
    }

    @AfterEach
    void close() {
        race.close();
    }

    @Test
    void loadOvertakenByKeyInvalidationOfTheSameNode() throws Exception {
        race.play("load overtaken by a key invalidation, same node", id -> {
            byKeyHere(id);
            Dawdler dawdler = race.database.dawdler();
            Future<Long> load = race.start(() -> race.cacheHere.get(id, dawdler));
            dawdler.awaitRead();
            long committed = race.database.commit(id);
            Receipt acknowledged = byKeyHere(id);
            dawdler.letGo();
            waver();
            race.count(race.cacheHere.get(id, race.database.loader()), committed);
            end(load);
            race.check(id, acknowledged);
        });
    }

    @Test
    void loadOvertakenByKeyInvalidationOfAnotherNode() throws Exception {
        overtaken("load overtaken by a key invalidation, other node", id -> race.there.invalidate(key(id)));
    }

    @Test
    void loadOvertakenByTagInvalidation() throws Exception {
        overtaken("load overtaken by a tag invalidation", id -> race.there.invalidate(tag("id:" + id)));
    }

    @Test
    void loadOvertakenByPatternInvalidation() throws Exception {
        overtaken(
                "load overtaken by a pattern invalidation",
                id -> race.there.invalidate(new Event.Pattern("version:" + Lanes.all(id))));
    }

    @Test
    void loadOvertakenByCacheInvalidation() throws Exception {
        race.playApart(
                "load overtaken by a cache invalidation",
                apart -> overtaken(apart, id -> apart.here.invalidate(new Event.Cleared(CACHE))));
    }

    @Test
    void loadOvertakenByInvalidationOfEverything() throws Exception {
        race.playApart(
                "load overtaken by an invalidation of everything",
                apart -> overtaken(apart, id -> apart.there.invalidate(new Event.All())));
    }

    private void overtaken(String name, Function<String, Receipt> invalidate) throws Exception {
        race.play(name, overtaken(race, invalidate));
    }

    /** The loader has read the old version when the invalidation is acknowledged, and returns it afterwards. */
    private static Round overtaken(RaceFixture race, Function<String, Receipt> invalidate) {
        return id -> {
            race.here.invalidate(key(id));
            Dawdler dawdler = race.database.dawdler();
            Future<Long> load = race.start(() -> race.cacheHere.get(id, dawdler));
            dawdler.awaitRead();
            race.database.commit(id);
            Receipt acknowledged = invalidate.apply(id);
            dawdler.letGo();
            waver();
            race.check(id, acknowledged);
            end(load);
            race.checkAgain(id);
        };
    }

    @Test
    void tagThatTheLoaderDecides() throws Exception {
        race.play("tag decided by the loader, invalidated while it loads", id -> {
            Receipt emptied = race.here.invalidate(key(id));
            Dawdler dawdler = race.database.dawdler();
            Future<Long> load = race.start(() -> race.cacheHere.get(id, (wanted, context) -> {
                context.tags("decided:" + wanted);
                return dawdler.load(wanted, context);
            }));
            dawdler.awaitRead();
            race.database.commit(id);
            Receipt acknowledged = race.there.invalidate(tag("decided:" + id));
            dawdler.letGo();
            end(load);
            race.check(id, emptied, acknowledged);
        });
    }

    @Test
    void slowLoadOfTwoByOneClient() throws Exception {
        race.play("two loads of one client, the first one slow", id -> {
            byKeyHere(id);
            Dawdler dawdler = race.database.dawdler();
            Future<Long> slow = race.start(() -> race.cacheHere.get(id, dawdler));
            dawdler.awaitRead();
            race.database.commit(id);
            Receipt acknowledged = byKeyHere(id);
            Future<Long> quick = race.start(() -> race.cacheHere.get(id, (wanted, context) -> {
                waver();
                return race.database.read(wanted);
            }));
            waver();
            dawdler.letGo();
            race.count(end(quick), race.database.read(id));
            end(slow);
            race.check(id, acknowledged);
        });
    }

    @Test
    void callerJoinsNoLoadThatBeganBeforeTheInvalidation() throws Exception {
        race.play("caller joins a load that began before the invalidation", id -> {
            byKeyHere(id);
            Dawdler dawdler = race.database.dawdler();
            Future<Long> old = race.start(() -> race.cacheHere.get(id, dawdler));
            dawdler.awaitRead();
            long committed = race.database.commit(id);
            byKeyHere(id);
            Future<Long> caller = race.start(() -> race.cacheHere.get(id, race.database.loader()));
            race.count(end(caller), committed);
            dawdler.letGo();
            end(old);
        });
    }

    @Test
    void refreshAheadOvertaken() throws Exception {
        Cache<String, Long> eager = race.here.manager().cache(EAGER, Long.class);
        race.play("refresh-ahead overtaken by an invalidation", id -> {
            eager.delete(id);
            eager.get(id, race.database.loader());
            Dawdler dawdler = race.database.dawdler();
            Thread reader = Thread.currentThread();
            while (!dawdler.hasRead()) {
                eager.get(
                        id,
                        (wanted, context) -> Thread.currentThread() == reader
                                ? race.database.read(wanted)
                                : dawdler.load(wanted, context));
                LockSupport.parkNanos(200_000);
            }
            dawdler.awaitRead();
            long committed = race.database.commit(id);
            Receipt acknowledged = race.there.invalidate(eagerKey(id));
            race.awaitBoth(acknowledged);
            dawdler.letGo();
            waver();
            race.count(eager.get(id, race.database.loader()), committed);
            race.count(race.there.get(EAGER, id, race.database.loader()), committed);
        });
    }

    @Test
    void warmerOvertaken() throws Exception {
        Map<String, Dawdler> dawdlers = new ConcurrentHashMap<>();
        race.here.manager().warmer().register(new WarmTask("versions", false, null, Set.of(String.class), trigger -> {
            String id = (String) trigger.event();
            race.cacheHere.refresh(id, dawdlers.get(id));
        }));
        race.play("warmer overtaken by an invalidation", id -> {
            Dawdler dawdler = race.database.dawdler();
            dawdlers.put(id, dawdler);
            var warm = race.here.manager().warmer().onEvent(id);
            dawdler.awaitRead();
            race.database.commit(id);
            Receipt acknowledged = race.there.invalidate(key(id));
            dawdler.letGo();
            warm.join();
            race.check(id, acknowledged);
        });
    }

    @Test
    void bulkLoadOvertaken() throws Exception {
        race.play("bulk load overtaken by an invalidation", id -> {
            List<String> ids = List.of(id, id + "b", id + "c");
            race.here.invalidate(
                    new Event.Tags(ids.stream().map(each -> "id:" + each).toList()));
            Dawdler dawdler = race.database.dawdler();
            Future<Map<String, Long>> load = race.start(() -> race.cacheHere.getAll(ids, missing -> {
                Map<String, Long> read = new HashMap<>();
                missing.forEach(each -> read.put(each, race.database.read(each)));
                dawdler.load(id, null);
                return read;
            }));
            dawdler.awaitRead();
            race.database.commit(id);
            Receipt acknowledged = byKeyHere(id);
            dawdler.letGo();
            end(load);
            race.check(id, acknowledged);
        });
    }

    @Test
    void thirtyTwoThreadsOnTwoNodesLoadOnce() throws Exception {
        int perNode = 16;
        race.play("32 threads on 2 nodes, one missing key: more than one load", id -> {
            long committed = race.database.commit(id);
            race.awaitBoth(byKeyHere(id));
            long before = race.database.loads(id);
            CyclicBarrier barrier = new CyclicBarrier(2 * perNode);
            List<Future<Long>> reads = Stream.of(race.here, race.there)
                    .flatMap(node -> IntStream.range(0, perNode).mapToObj(i -> node))
                    .map(node -> race.start(() -> {
                        barrier.await();
                        return node.get(id, race.database.loader());
                    }))
                    .toList();
            for (Future<Long> read : reads) {
                race.count(end(read), committed);
            }
            long loads = race.database.loads(id) - before;
            if (race.isCalm() && loads != 1) {
                race.countLoads(loads);
            }
        });
    }

    private Receipt byKeyHere(String id) {
        return race.here.invalidate(key(id));
    }
}
