package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.WriteTicket;
import io.r3mes.cache.spring.interceptor.MethodPlan.EntryPlan;
import org.jspecify.annotations.Nullable;

/** What a transaction does to the caches once it has committed. */
sealed interface Change {

    /** Whether a read of the entry within the transaction must not be served from a cache. */
    boolean covers(Entry entry);

    /** An invalidation. */
    record Drop(Targets targets, boolean async) implements Change {

        @Override
        public boolean covers(Entry entry) {
            return targets.covers(entry);
        }
    }

    /** A write-through. */
    record Store(
            EntryPlan plan,
            Entry entry,
            WriteTicket<Object> ticket,
            @Nullable Object value) implements Change {

        @Override
        public boolean covers(Entry other) {
            return entry.cache().equals(other.cache()) && entry.key().equals(other.key());
        }
    }

    /** Changes that are known when a future completes: until then any entry may be one of them. */
    record Later(Runnable committed, Runnable rolledBack) implements Change {

        @Override
        public boolean covers(Entry entry) {
            return true;
        }
    }

    /** An application event for the warmers. */
    record Publish(Object event) implements Change {

        @Override
        public boolean covers(Entry entry) {
            return false;
        }
    }
}
