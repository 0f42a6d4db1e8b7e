package io.r3mes.cache.runtime;

import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Event;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Tells several observers, in order. */
final class Observers implements CacheObserver {

    private final List<CacheObserver> observers;

    Observers(List<CacheObserver> observers) {
        this.observers = List.copyOf(observers);
    }

    @Override
    public OfCache cache(String name, LongSupplier localEntries) {
        List<OfCache> all = observers.stream()
                .map(observer -> observer.cache(name, localEntries))
                .filter(of -> of != StateLog.SILENT)
                .toList();
        return all.size() == 1 ? all.get(0) : new OfOneCache(all);
    }

    @Override
    public void unavailable(String operation, Throwable cause) {
        observers.forEach(observer -> observer.unavailable(operation, cause));
    }

    @Override
    public void invalidated(Event event) {
        observers.forEach(observer -> observer.invalidated(event));
    }

    @Override
    public void fenced(boolean fenced) {
        observers.forEach(observer -> observer.fenced(fenced));
    }

    @Override
    public void discontinuity(String reason) {
        observers.forEach(observer -> observer.discontinuity(reason));
    }

    @Override
    public void replayed(int invalidations, Duration took) {
        observers.forEach(observer -> observer.replayed(invalidations, took));
    }

    private record OfOneCache(List<OfCache> all) implements OfCache {

        private void tell(Consumer<OfCache> news) {
            all.forEach(news);
        }

        @Override
        public void localHit(String key, long startedAtNanos) {
            tell(of -> of.localHit(key, startedAtNanos));
        }

        @Override
        public void remoteHit(String key, long startedAtNanos) {
            tell(of -> of.remoteHit(key, startedAtNanos));
        }

        @Override
        public void miss(String key, long startedAtNanos) {
            tell(of -> of.miss(key, startedAtNanos));
        }

        @Override
        public void joined(String key) {
            tell(of -> of.joined(key));
        }

        @Override
        public void degradedHit(String key) {
            tell(of -> of.degradedHit(key));
        }

        @Override
        public void overLimit(String key) {
            tell(of -> of.overLimit(key));
        }

        @Override
        public void timedOut(String key) {
            tell(of -> of.timedOut(key));
        }

        @Override
        public void loaded(String key, long startedAtNanos, boolean succeeded) {
            tell(of -> of.loaded(key, startedAtNanos, succeeded));
        }

        @Override
        public void stale(String key) {
            tell(of -> of.stale(key));
        }

        @Override
        public void unreadable(String key, Throwable cause) {
            tell(of -> of.unreadable(key, cause));
        }

        @Override
        public void unavailable(String operation, Throwable cause) {
            tell(of -> of.unavailable(operation, cause));
        }
    }
}
