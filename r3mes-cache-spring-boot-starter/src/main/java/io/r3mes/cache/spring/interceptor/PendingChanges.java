package io.r3mes.cache.spring.interceptor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;

/**
 * The changes of one transaction. They are made before other callbacks of the commit run, so that those read what was
 * committed. Rolling back to a savepoint abandons what came after it. Used by the transaction's thread only; as long as
 * the transaction's own list of writes.
 */
final class PendingChanges implements TransactionSynchronization {

    private final Changes changes;
    private final List<Change> pending = new ArrayList<>();
    private final Map<Object, Integer> savepoints = new LinkedHashMap<>();
    private Phase phase = Phase.OPEN;

    PendingChanges(Changes changes) {
        this.changes = changes;
    }

    Phase phase() {
        return phase;
    }

    void add(Change change) {
        pending.add(change);
    }

    boolean covers(Entry entry) {
        return pending.stream().anyMatch(change -> change.covers(entry));
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void savepoint(Object savepoint) {
        savepoints.put(savepoint, pending.size());
    }

    /** A savepoint that is unknown here was made before the first change. */
    @Override
    public void savepointRollback(Object savepoint) {
        List<Change> later = pending.subList(savepoints.getOrDefault(savepoint, 0), pending.size());
        changes.abandon(List.copyOf(later));
        later.clear();
    }

    @Override
    public void afterCommit() {
        phase = Phase.COMMITTED;
        changes.make(drain());
    }

    @Override
    public void afterCompletion(int status) {
        List<Change> left = drain();
        switch (status) {
            case STATUS_COMMITTED -> changes.make(left);
            case STATUS_ROLLED_BACK -> changes.abandon(left);
            default -> changes.doubt(left);
        }
        phase = Phase.COMMITTED;
    }

    private List<Change> drain() {
        List<Change> drained = List.copyOf(pending);
        pending.clear();
        return drained;
    }

    /** Where the transaction is. */
    enum Phase {
        OPEN,
        COMMITTED
    }
}
