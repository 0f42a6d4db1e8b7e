package io.r3mes.cache.sim;

import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Event;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Learns from the engine where values come from, and counts what happens. */
final class SimObserver implements CacheObserver, CacheObserver.OfCache {

    private final SimLoop loop;
    private final History history;
    private final SimLoop.Life node;
    private final SimNode site;

    SimObserver(SimLoop loop, History history, SimNode site) {
        this.loop = loop;
        this.history = history;
        this.site = site;
        this.node = site.life();
    }

    @Override
    public OfCache cache(String name, LongSupplier localEntries) {
        return this;
    }

    @Override
    public void localHit(String key, long startedAtNanos) {
        if (loop.context() instanceof ReadOp read) {
            read.near = true;
        }
    }

    @Override
    public void degradedHit(String key) {
        if (loop.context() instanceof ReadOp read) {
            read.near = true;
            history.count("degraded hit");
        }
    }

    @Override
    public void joined(String key) {
        if (loop.context() instanceof ReadOp read) {
            read.joined = true;
        }
    }

    @Override
    public void stale(String key) {
        if (loop.context() instanceof ReadOp read) {
            read.stale = true;
            history.count(read.loaded ? "stale after a load" : "stale without a load");
        }
    }

    @Override
    public void discontinuity(String reason) {
        history.count("discontinuity");
        history.note(() -> node + " discontinuity: " + reason);
    }

    @Override
    public void replayed(int invalidations, Duration took) {
        history.count("replay");
        history.note(() -> node + " sent again " + invalidations);
        history.replayed(site);
    }

    @Override
    public void fenced(boolean fenced) {
        history.count(fenced ? "fenced" : "trusted");
        history.note(() -> node + (fenced ? " is fenced" : " is trusted"));
    }

    @Override
    public void unreadable(String key, Throwable cause) {
        history.violate("Unreadable value under " + key + ": " + cause);
    }

    @Override
    public void unavailable(String operation, Throwable cause) {
        history.count("unavailable " + operation);
        history.note(() -> node + " failed: " + operation + ": " + cause);
    }

    @Override
    public void invalidated(Event event) {}

    @Override
    public void remoteHit(String key, long startedAtNanos) {}

    @Override
    public void miss(String key, long startedAtNanos) {}

    @Override
    public void loaded(String key, long startedAtNanos, boolean succeeded) {}
}
