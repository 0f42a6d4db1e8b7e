package io.r3mes.cache.race;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.CachePolicy.Expiry;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.Loader;
import io.r3mes.cache.WriteTicket;
import io.r3mes.cache.spi.Event;
import java.time.Duration;

/** A node in this JVM. */
record LocalNode(CacheManager manager, Cache<String, Long> cache) implements RaceNode {

    /** The caches of the races: one whose entries stay, and one whose entries are soon refreshed ahead. */
    static final CachePolicy[] POLICIES = {
        CachePolicy.of(RaceFixture.CACHE, "version:{id}")
                .withTags("id:{id}", "versions")
                .withExpiry(new Expiry(Duration.ofMinutes(10), 0, 0)),
        CachePolicy.of(RaceFixture.EAGER, "eager:{id}").withExpiry(new Expiry(Duration.ofMillis(100), 0, 0.9))
    };

    LocalNode(CacheManager manager) {
        this(manager, manager.cache(RaceFixture.CACHE, Long.class));
    }

    static Receipt receipt(Invalidation invalidation) {
        return invalidation::position;
    }

    @Override
    public long get(String name, String id, Loader<String, Long, RuntimeException> loader) {
        return manager.<String, Long>cache(name, Long.class).get(id, loader);
    }

    @Override
    public long getIfPresent(String id, long other) {
        return cache.getIfPresent(id).orElse(other);
    }

    @Override
    public void refresh(String id, Loader<String, Long, RuntimeException> loader) {
        cache.refresh(id, loader);
    }

    @Override
    public Ticket writeTicket(String id) {
        WriteTicket<Long> ticket = cache.writeTicket(id);
        return version -> receipt(ticket.store(version, EntryOptions.DEFAULT));
    }

    @Override
    public Receipt invalidate(Event event) {
        CacheInvalidator invalidator = manager.invalidator();
        if (event instanceof Event.Keys keys) {
            return receipt(invalidator.invalidateKeys(keys.keys()));
        } else if (event instanceof Event.Tags tags) {
            return receipt(invalidator.invalidateByTag(tags.tags().toArray(String[]::new)));
        } else if (event instanceof Event.Pattern pattern) {
            return receipt(invalidator.invalidateByPattern(pattern.glob()));
        } else if (event instanceof Event.Cleared cleared) {
            return receipt(invalidator.invalidateCache(cleared.cache()));
        } else if (event instanceof Event.All) {
            return receipt(invalidator.invalidateAll());
        }
        throw new IllegalArgumentException("Nobody asks for " + event);
    }

    @Override
    public boolean awaitApplied(long position, Duration timeout) {
        return manager.awaitApplied(position, timeout);
    }

    @Override
    public void close() {
        manager.close();
    }
}
