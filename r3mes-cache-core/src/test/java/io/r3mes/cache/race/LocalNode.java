package io.r3mes.cache.race;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.CachePolicy.Expiry;
import io.r3mes.cache.CachePolicy.Load;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.Loader;
import io.r3mes.cache.OnFailover;
import io.r3mes.cache.WriteTicket;
import io.r3mes.cache.runtime.R3mesCache;
import io.r3mes.cache.spi.Event;
import java.time.Duration;

/** A node in this JVM. */
record LocalNode(CacheManager manager, Cache<String, Long> cache) implements RaceNode {

    /** The cache of the races, whose entries stay. */
    private static final CachePolicy STAYING = CachePolicy.of(RaceFixture.CACHE, "version:{id}")
            .withTags("id:{id}", "versions")
            .withExpiry(new Expiry(Duration.ofMinutes(10), 0, 0));

    /**
     * The cache whose entries are soon refreshed ahead. Nobody waits long for its loads: a race that does so joins the very load that
     * waits for it.
     */
    static final CachePolicy EAGER = CachePolicy.of(RaceFixture.EAGER, "eager:{id}")
            .withExpiry(new Expiry(Duration.ofMillis(100), 0, 0.9))
            .withLoad(new Load(Duration.ofSeconds(3), Duration.ofMinutes(1), Duration.ofMillis(50)));

    /** For a node that can call a loader only while its caller waits. */
    static final CachePolicy NOT_AHEAD =
            EAGER.withExpiry(new Expiry(EAGER.expiry().ttl(), 0, 0));

    /** Outlasts a busy machine. */
    private static final Load PATIENT = new Load(Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofSeconds(30));

    LocalNode(CacheManager manager) {
        this(manager, manager.cache(RaceFixture.CACHE, Long.class));
    }

    /**
     * The settings of a node of the races.
     *
     * @param calm whether no fault can happen: then a pause is the machine's, and neither fences nor ends a lease
     */
    static R3mesCache configure(R3mesCache builder, OnFailover onFailover, boolean calm) {
        builder.onFailover(onFailover);
        return calm ? builder.caches(STAYING.withLoad(PATIENT)).maxStaleness(Ground.PATIENCE) : builder.caches(STAYING);
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
