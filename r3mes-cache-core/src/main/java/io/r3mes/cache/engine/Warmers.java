package io.r3mes.cache.engine;

import io.r3mes.cache.CacheWarmer;
import io.r3mes.cache.WarmStatus;
import io.r3mes.cache.WarmTask;
import io.r3mes.cache.WarmTask.Cause;
import io.r3mes.cache.WarmTask.Trigger;
import io.r3mes.cache.spi.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Runs warm tasks on the node's executor. A periodic task first takes a lease that lasts most of the period, so that one
 * node of the cluster runs it. Thread-safe.
 */
final class Warmers implements CacheWarmer {

    /** No key template can make a key with this prefix. */
    private static final String LEASE_PREFIX = "~warm:";

    private final Node node;
    private final Map<String, Warmer> warmers = new ConcurrentHashMap<>();
    private boolean started;

    Warmers(Node node) {
        this.node = node;
    }

    @Override
    public void register(WarmTask task) {
        Warmer warmer = new Warmer(node, task);
        synchronized (this) {
            if (warmers.putIfAbsent(task.name(), warmer) != null) {
                throw new IllegalArgumentException("There is a warmer '" + task.name() + "' already");
            }
            if (started) {
                schedule(warmer);
            }
        }
    }

    @Override
    public CompletableFuture<Void> start() {
        synchronized (this) {
            if (started) {
                return CompletableFuture.completedFuture(null);
            }
            started = true;
            warmers.values().forEach(this::schedule);
        }
        return all(chosen(WarmTask::onStartup), new Trigger(Cause.STARTUP, null))
                .thenAccept(done -> {});
    }

    @Override
    public synchronized void stop() {
        started = false;
        warmers.values().forEach(Warmer::cancel);
    }

    @Override
    public CompletableFuture<WarmStatus> warm(String task) {
        Warmer warmer = warmers.get(task);
        if (warmer == null) {
            throw new IllegalArgumentException("There is no warmer '" + task + "'. Known warmers: " + warmers.keySet());
        }
        return warmer.run(new Trigger(Cause.CALL, null));
    }

    @Override
    public CompletableFuture<List<WarmStatus>> warmAll() {
        return all(chosen(task -> task.onStartup() || task.every() != null), new Trigger(Cause.CALL, null));
    }

    @Override
    public CompletableFuture<List<WarmStatus>> onEvent(Object event) {
        return all(chosen(task -> listens(task, event)), new Trigger(Cause.EVENT, event));
    }

    @Override
    public List<WarmStatus> status() {
        List<WarmStatus> all = new ArrayList<>();
        for (Warmer warmer : warmers.values()) {
            all.add(warmer.status());
        }
        return List.copyOf(all);
    }

    private static boolean listens(WarmTask task, Object event) {
        for (Class<?> type : task.events()) {
            if (type.isInstance(event)) {
                return true;
            }
        }
        return false;
    }

    private List<Warmer> chosen(Predicate<WarmTask> wanted) {
        List<Warmer> chosen = new ArrayList<>();
        for (Warmer warmer : warmers.values()) {
            if (wanted.test(warmer.task())) {
                chosen.add(warmer);
            }
        }
        return chosen;
    }

    /** Most applications have no warmer for most of their events. */
    private static CompletableFuture<List<WarmStatus>> all(List<Warmer> chosen, Trigger trigger) {
        if (chosen.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        List<CompletableFuture<WarmStatus>> runs =
                chosen.stream().map(warmer -> warmer.run(trigger)).toList();
        return CompletableFuture.allOf(runs.toArray(CompletableFuture[]::new))
                .thenApply(done -> runs.stream().map(CompletableFuture::join).toList());
    }

    private void schedule(Warmer warmer) {
        warmer.start();
        Duration every = warmer.task().every();
        if (every != null) {
            warmer.cancelBy(node.environment().timer().after(every, () -> tick(warmer, every)));
        }
    }

    private void tick(Warmer warmer, Duration every) {
        synchronized (this) {
            if (!started) {
                return;
            }
            schedule(warmer);
        }
        if (warmer.isRunning()) {
            return;
        }
        Lease turn = new Lease(
                LEASE_PREFIX + warmer.task().name(),
                node.newToken(),
                every.multipliedBy(9).dividedBy(10));
        node.remote().acquire(turn).whenComplete((claim, failure) -> {
            if (failure != null) {
                node.observer().unavailable("warm", Failures.cause(failure));
            } else if (claim.acquired()) {
                warmer.run(new Trigger(Cause.SCHEDULE, null));
            }
        });
    }
}
