package io.r3mes.cache.memory;

import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.TagIndex;
import io.r3mes.cache.testing.Ports;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The ports of an adapter in memory that can be made to forget. */
public record MemoryPorts(MemoryAdapter adapter) implements Ports {

    /** The ports on the system's time. */
    public static MemoryPorts open() {
        return new MemoryPorts(new MemoryAdapter(environment()));
    }

    static MemoryPorts open(int mostTagMembers) {
        Environment environment = environment();
        return new MemoryPorts(
                new MemoryAdapter(environment, MemoryAdapter.microsSinceStart(environment), mostTagMembers));
    }

    private static Environment environment() {
        return new Environment(System::nanoTime, MemoryPorts::after, Runnable::run, new SecureRandom());
    }

    @Override
    public RemoteStore store() {
        return adapter.remoteStore();
    }

    @Override
    public InvalidationLog log() {
        return adapter.invalidationLog();
    }

    @Override
    public TagIndex tags() {
        return adapter.tagIndex();
    }

    @Override
    public void loseMetadata() {
        adapter.loseMetadata();
    }

    @Override
    public void loseStamp(String tag) {
        adapter.loseStamp(tag);
    }

    @Override
    public void loseNodes() {
        adapter.loseNodes();
    }

    @Override
    public void changeServers() {
        adapter.changeServers();
    }

    @Override
    public void close() {}

    private static Runnable after(Duration delay, Runnable task) {
        CompletableFuture<Void> done = CompletableFuture.runAsync(
                task, CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS));
        return () -> done.cancel(false);
    }
}
