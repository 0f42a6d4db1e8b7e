package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.spring.interceptor.PendingChanges.Phase;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The transaction that spring-tx has bound to the calling thread. The only class, with its pending changes, to use it. */
final class SpringTransactions implements Transactions {

    private final Changes changes;

    SpringTransactions(Changes changes) {
        this.changes = changes;
    }

    @Override
    public boolean isActive() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && TransactionSynchronizationManager.isSynchronizationActive();
    }

    @Override
    public boolean mayStore() {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            return true;
        }
        Integer isolation = TransactionSynchronizationManager.getCurrentTransactionIsolationLevel();
        boolean snapshot = isolation != null && isolation >= TransactionDefinition.ISOLATION_REPEATABLE_READ;
        return TransactionSynchronizationManager.isCurrentTransactionReadOnly() && !snapshot;
    }

    @Override
    public boolean covers(Entry entry) {
        PendingChanges pending = pending();
        return pending != null && pending.covers(entry);
    }

    @Override
    public void afterCommit(Change change) {
        PendingChanges pending = pending();
        if (pending == null) {
            pending = new PendingChanges(changes);
            TransactionSynchronizationManager.registerSynchronization(pending);
        }
        if (pending.phase() == Phase.COMMITTED) {
            changes.make(List.of(change));
        } else {
            pending.add(change);
        }
    }

    private static @Nullable PendingChanges pending() {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            return null;
        }
        for (TransactionSynchronization each : TransactionSynchronizationManager.getSynchronizations()) {
            if (each instanceof PendingChanges pending) {
                return pending;
            }
        }
        return null;
    }
}
