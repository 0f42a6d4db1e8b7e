package io.r3mes.cache.testing;

import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Event;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/** Notes the replays of one node; give it to the builder as an observer. */
public final class Replays implements CacheObserver {

    private static final OfCache SILENT = (OfCache) Proxy.newProxyInstance(
            Replays.class.getClassLoader(), new Class<?>[] {OfCache.class}, (proxy, method, arguments) -> null);

    private final List<Replay> all = new CopyOnWriteArrayList<>();

    /** One replay that ended. */
    public record Replay(int invalidations, Duration took) {}

    public List<Replay> all() {
        return List.copyOf(all);
    }

    @Override
    public void replayed(int invalidations, Duration took) {
        all.add(new Replay(invalidations, took));
    }

    @Override
    public OfCache cache(String name, LongSupplier localEntries) {
        return SILENT;
    }

    @Override
    public void unavailable(String operation, Throwable cause) {}

    @Override
    public void invalidated(Event event) {}

    @Override
    public void fenced(boolean fenced) {}

    @Override
    public void discontinuity(String reason) {}
}
