package io.r3mes.cache.memory;

import io.r3mes.cache.spi.InvalidationLog.NodeBeat;
import io.r3mes.cache.spi.NodeState;
import io.r3mes.cache.spi.Nodes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The nodes of one log, and since when its server has noted every one. Not thread-safe. */
final class NodeList {

    private static final long SILENCE_MICROS = TimeUnit.SECONDS.toMicros(60);
    private static final int MOST_NODES = 1_000;

    private final Source source;
    private ExpiringMap<Beaten> nodes;
    private String keptBy = ""; // empty while the list is not kept
    private long since;

    NodeList(Source source) {
        this.source = source;
        this.nodes = new ExpiringMap<>(source.micros(), MOST_NODES);
    }

    void put(NodeBeat beat) {
        long now = source.micros().getAsLong();
        String server = source.replication().get();
        boolean dropsAnother = nodes.size() == MOST_NODES && nodes.get(beat.node()) == null;
        if (dropsAnother || !keptBy.equals(server)) {
            keptBy = server;
            since = now;
        }
        long staleness = TimeUnit.NANOSECONDS.toMicros(beat.maxStaleness().toNanos());
        nodes.put(beat.node(), new Beaten(beat.applied(), now, staleness), staleness + SILENCE_MICROS);
    }

    void remove(String node) {
        nodes.remove(node);
    }

    /** Loses the list, as a server that evicts does. */
    void lose() {
        nodes = new ExpiringMap<>(source.micros(), MOST_NODES);
        keptBy = "";
    }

    Nodes read() {
        long now = source.micros().getAsLong();
        List<NodeState> states = new ArrayList<>();
        for (String node = nodes.next("", true); node != null; node = nodes.next(node, false)) {
            Beaten beaten = nodes.get(node);
            if (beaten != null) {
                states.add(new NodeState(node, beaten.applied(), now - beaten.at(), beaten.stalenessMicros()));
            }
        }
        boolean kept = keptBy.equals(source.replication().get());
        return new Nodes(states, kept ? now - since : Nodes.UNKNOWN);
    }

    private record Beaten(long applied, long at, long stalenessMicros) {}
}
