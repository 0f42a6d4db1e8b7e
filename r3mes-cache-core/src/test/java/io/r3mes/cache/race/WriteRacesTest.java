package io.r3mes.cache.race;

import static io.r3mes.cache.race.RaceFixture.end;
import static io.r3mes.cache.race.RaceFixture.waver;

import io.r3mes.cache.Cache;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.WriteTicket;
import io.r3mes.cache.race.Database.Dawdler;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Write-through that is overtaken by an invalidation, a load or another writer: the older value must not stay. */
class WriteRacesTest {

    private final RaceFixture race = new RaceFixture();

    @AfterEach
    void close() {
        race.close();
    }

    @Test
    void writeOvertakenByInvalidation() throws Exception {
        race.play("write-through overtaken by an invalidation", id -> {
            WriteTicket<Long> ticket = race.cacheHere.writeTicket(id);
            long first = race.database.commit(id);
            race.database.commit(id);
            Invalidation acknowledged = race.there.invalidator().invalidateKey(race.cacheThere.key(id));
            Invalidation stored = ticket.store(first, EntryOptions.DEFAULT);
            race.check(id, acknowledged, stored);
        });
    }

    @Test
    void writeAndInvalidationAtOnce() throws Exception {
        race.play("write-through and invalidation at once", id -> {
            WriteTicket<Long> ticket = race.cacheThere.writeTicket(id);
            long first = race.database.commit(id);
            Future<Invalidation> store = race.start(() -> ticket.store(first, EntryOptions.DEFAULT));
            waver();
            race.database.commit(id);
            Invalidation acknowledged = race.here.invalidator().invalidateKey(race.cacheHere.key(id));
            Invalidation stored = end(store);
            race.check(id, acknowledged, stored);
        });
    }

    @Test
    void loadOvertakenByWrite() throws Exception {
        race.play("load overtaken by a write-through", id -> {
            race.awaitBoth(race.cacheHere.delete(id));
            Dawdler dawdler = race.database.dawdler();
            Future<Long> load = race.start(() -> race.cacheThere.get(id, dawdler));
            dawdler.awaitRead();
            WriteTicket<Long> ticket = race.cacheHere.writeTicket(id);
            long committed = race.database.commit(id);
            Invalidation stored = ticket.store(committed, EntryOptions.DEFAULT);
            dawdler.letGo();
            waver();
            race.check(id, stored);
            end(load);
            race.check(id, stored);
        });
    }

    @Test
    void twoWritersCommitInOneOrderAndStoreInTheOther() throws Exception {
        race.play("two writers, committed in one order, stored in the other", id -> {
            WriteTicket<Long> early = race.cacheHere.writeTicket(id);
            WriteTicket<Long> late = race.cacheThere.writeTicket(id);
            long first = race.database.commit(id);
            long second = race.database.commit(id);
            Invalidation later = late.store(second, EntryOptions.DEFAULT);
            Invalidation earlier = early.store(first, EntryOptions.DEFAULT);
            race.check(id, later, earlier);
        });
    }

    @Test
    void twoConcurrentWriters() throws Exception {
        race.play("two concurrent writers on two nodes", id -> {
            Future<Invalidation> one = race.start(() -> write(race.cacheHere, id));
            Future<Invalidation> other = race.start(() -> write(race.cacheThere, id));
            Invalidation first = end(one);
            Invalidation second = end(other);
            race.check(id, first, second);
        });
    }

    private Invalidation write(Cache<String, Long> cache, String id) {
        WriteTicket<Long> ticket = cache.writeTicket(id);
        waver();
        long committed = race.database.commit(id);
        waver();
        return ticket.store(committed, EntryOptions.DEFAULT);
    }
}
