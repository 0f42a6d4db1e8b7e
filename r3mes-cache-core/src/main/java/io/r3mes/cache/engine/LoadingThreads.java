package io.r3mes.cache.engine;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * The threads of a manager that are inside loaders, and what those wait for: a loader that reads the caches must not wait
 * for one that waits for it. Thread-safe; bounded by the threads that load.
 */
final class LoadingThreads {

    private static final int LONGEST_CHAIN = 16;

    private final Map<Thread, Integer> inside = new ConcurrentHashMap<>();
    /** Of those inside, where the load runs that each waits for; that may change meanwhile. */
    private final Map<Thread, LoaderThread> waitingFor = new ConcurrentHashMap<>();
    /** Those that wait for a permit. */
    private final Set<Thread> queueing = ConcurrentHashMap.newKeySet();

    void enter() {
        inside.merge(Thread.currentThread(), 1, Integer::sum);
    }

    void leave() {
        inside.computeIfPresent(Thread.currentThread(), (same, times) -> times == 1 ? null : times - 1);
    }

    /** Whether the calling thread is inside a loader. */
    boolean isInside() {
        return inside.containsKey(Thread.currentThread());
    }

    /** The executor itself, or where the calling thread is inside a loader, one whose steps count as inside, too. */
    Executor carried(Executor executor) {
        if (!isInside()) {
            return executor;
        }
        return step -> executor.execute(() -> {
            enter();
            try {
                step.run();
            } finally {
                leave();
            }
        });
    }

    /**
     * Notes that the calling thread, if it is inside a loader, begins to wait for the load of another thread.
     *
     * @return false if that would wait for itself in the end, or for a permit
     */
    boolean mayAwait(LoaderThread leader) {
        if (!isInside()) {
            return true;
        }
        Thread own = Thread.currentThread();
        waitingFor.put(own, leader);
        if (isCircular(own, leader)) {
            waitingFor.remove(own);
            return false;
        }
        return true;
    }

    /** Two who begin at once have both noted it before they look, so at least one of them sees the other. */
    private boolean isCircular(Thread own, LoaderThread leader) {
        Thread next = leader.get();
        for (int i = 0; i < LONGEST_CHAIN && next != null; i++) {
            if (next == own || queueing.contains(next)) {
                return true;
            }
            LoaderThread awaited = waitingFor.get(next);
            next = awaited == null ? null : awaited.get();
        }
        return next != null;
    }

    /** The calling thread waits for nobody any more. */
    void awaited() {
        waitingFor.remove(Thread.currentThread());
    }

    /** Notes that the calling thread begins to wait for a permit. False if a thread inside a loader waits for its load. */
    boolean mayQueue() {
        Thread own = Thread.currentThread();
        queueing.add(own);
        if (waitingFor.values().stream().anyMatch(LoaderThread::isCurrent)) {
            queueing.remove(own);
            return false;
        }
        return true;
    }

    void queued() {
        queueing.remove(Thread.currentThread());
    }
}
