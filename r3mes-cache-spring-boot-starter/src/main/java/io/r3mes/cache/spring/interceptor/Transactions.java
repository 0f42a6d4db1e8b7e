package io.r3mes.cache.spring.interceptor;

/** What caching needs to know of the caller's transaction. Thread-safe. */
interface Transactions {

    /** An application without spring-tx. */
    Transactions NONE = new Transactions() {

        @Override
        public boolean isActive() {
            return false;
        }

        @Override
        public boolean mayStore() {
            return true;
        }

        @Override
        public boolean covers(Entry entry) {
            return false;
        }

        @Override
        public void afterCommit(Change change) {
            throw new IllegalStateException("No transaction is active");
        }
    };

    boolean isActive();

    /** Whether what the transaction reads is committed and recent, so that it may be cached. */
    boolean mayStore();

    /** Whether the transaction changes the entry when it commits. */
    boolean covers(Entry entry);

    /** Makes a change once the transaction has committed. Only while one is active. */
    void afterCommit(Change change);
}
