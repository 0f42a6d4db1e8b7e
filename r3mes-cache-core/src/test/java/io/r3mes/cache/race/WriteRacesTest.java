package io.r3mes.cache.race;

import static io.r3mes.cache.race.RaceFixture.end;
import static io.r3mes.cache.race.RaceFixture.key;
import static io.r3mes.cache.race.RaceFixture.waver;

import io.r3mes.cache.race.Database.Dawdler;
import io.r3mes.cache.race.RaceNode.Receipt;
import io.r3mes.cache.race.RaceNode.Ticket;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Write-through that is overtaken by an invalidation, a load or another writer: the older value must not stay. */
class WriteRacesTest {

    private final RaceFixture race = new RaceFixture(ground());

    Ground ground() {
        return Ground.oneServer();
    }

    @AfterEach
    void close() {
        race.close();
    }

    @Test
    void writeOvertakenByInvalidation() throws Exception {
        race.play("write-through overtaken by an invalidation", id -> {
            Ticket ticket = race.here.writeTicket(id);
            long first = race.database.commit(id);
            race.database.commit(id);
            Receipt acknowledged = race.there.invalidate(key(id));
            Receipt stored = ticket.store(first);
            race.check(id, acknowledged, stored);
        });
    }

    @Test
    void writeAndInvalidationAtOnce() throws Exception {
        race.play("write-through and invalidation at once", id -> {
            Ticket ticket = race.there.writeTicket(id);
            long first = race.database.commit(id);
            Future<Receipt> store = race.start(() -> ticket.store(first));
            waver();
            race.database.commit(id);
            Receipt acknowledged = race.here.invalidate(key(id));
            Receipt stored = end(store);
            race.check(id, acknowledged, stored);
        });
    }

    @Test
    void loadOvertakenByWrite() throws Exception {
        race.play("load overtaken by a write-through", id -> {
            race.awaitBoth(race.here.invalidate(key(id)));
            Dawdler dawdler = race.database.dawdler();
            Future<Long> load = race.start(() -> race.there.get(id, dawdler));
            dawdler.awaitRead();
            Ticket ticket = race.here.writeTicket(id);
            long committed = race.database.commit(id);
            Receipt stored = ticket.store(committed);
            dawdler.letGo();
            waver();
            race.check(id, stored);
            end(load);
            race.checkAgain(id);
        });
    }

    @Test
    void twoWritersCommitInOneOrderAndStoreInTheOther() throws Exception {
        race.play("two writers, committed in one order, stored in the other", id -> {
            Ticket early = race.here.writeTicket(id);
            Ticket late = race.there.writeTicket(id);
            long first = race.database.commit(id);
            long second = race.database.commit(id);
            Receipt later = late.store(second);
            Receipt earlier = early.store(first);
            race.check(id, later, earlier);
        });
    }

    @Test
    void twoConcurrentWriters() throws Exception {
        race.play("two concurrent writers on two nodes", id -> {
            Future<Receipt> one = race.start(() -> write(race.here, id));
            Future<Receipt> other = race.start(() -> write(race.there, id));
            Receipt first = end(one);
            Receipt second = end(other);
            race.check(id, first, second);
        });
    }

    private Receipt write(RaceNode node, String id) {
        Ticket ticket = node.writeTicket(id);
        waver();
        long committed = race.database.commit(id);
        waver();
        return ticket.store(committed);
    }
}
