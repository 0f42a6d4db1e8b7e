package io.r3mes.cache.race;

import io.r3mes.cache.Loader;
import io.r3mes.cache.race.OtherJvm.Question;
import io.r3mes.cache.race.Wire.Request;
import io.r3mes.cache.spi.Event;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** A node in another JVM. */
record RemoteNode(OtherJvm jvm, long number) implements RaceNode {

    @Override
    public long get(String cache, String id, Loader<String, Long, RuntimeException> loader) {
        return jvm.ask(
                about(Request.GET, wire -> {
                    wire.out.writeUTF(cache);
                    wire.out.writeUTF(id);
                }),
                loader);
    }

    @Override
    public long getIfPresent(String id, long other) {
        return jvm.ask(about(Request.GET_IF_PRESENT, wire -> {
            wire.out.writeUTF(id);
            wire.out.writeLong(other);
        }));
    }

    @Override
    public void refresh(String id, Loader<String, Long, RuntimeException> loader) {
        jvm.ask(about(Request.REFRESH, wire -> wire.out.writeUTF(id)), loader);
    }

    @Override
    public Ticket writeTicket(String id) {
        long ticket = jvm.ask(about(Request.TICKET, wire -> wire.out.writeUTF(id)));
        return version -> receipt(jvm.ask(about(Request.STORE, wire -> {
            wire.out.writeLong(ticket);
            wire.out.writeLong(version);
        })));
    }

    @Override
    public Receipt invalidate(Event event) {
        return receipt(jvm.ask(about(Request.INVALIDATE, wire -> wire.write(event))));
    }

    @Override
    public boolean awaitApplied(long position, Duration timeout) {
        return jvm.ask(about(Request.APPLIED, wire -> {
                    wire.out.writeLong(position);
                    wire.out.writeLong(timeout.toMillis());
                }))
                == 1;
    }

    @Override
    public void close() {
        jvm.ask(about(Request.CLOSE, wire -> {}));
    }

    private Question about(Request request, Question rest) {
        return wire -> {
            wire.write(request);
            wire.out.writeLong(number);
            rest.write(wire);
        };
    }

    /** A receipt is its position, or, while it is pending, the negative number under which the other JVM keeps it. */
    private Receipt receipt(long said) {
        AtomicLong known = new AtomicLong(said);
        return () -> {
            long position = known.updateAndGet(before ->
                    before >= 0 ? before : jvm.ask(about(Request.POSITION, wire -> wire.out.writeLong(before))));
            return position < 0 ? OptionalLong.empty() : OptionalLong.of(position);
        };
    }
}
