package io.r3mes.cache.engine;

import io.r3mes.cache.CacheMetrics;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.OnFailover;
import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.LocalStore;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.TagIndex;
import io.r3mes.cache.spi.ValueCipher;
import io.r3mes.cache.spi.ValueCodec;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is made of.
 *
 * @param policies one for each cache
 * @param onClose releases what was created for this engine; runs after the engine has closed its ports
 */
public record EngineConfig(
        Collection<CachePolicy> policies,
        Ports ports,
        Values values,
        Environment environment,
        Figures figures,
        Coherence coherence,
        Runnable onClose) {

    /**
     * Where entries, invalidations and tag sets are kept.
     *
     * @param domains the log and the tag sets of each coherence domain, by its name
     */
    public record Ports(RemoteStore remote, Function<String, DomainPorts> domains, LocalStore.Factory local) {}

    /** What the caches of one coherence domain share. */
    public record DomainPorts(InvalidationLog log, TagIndex tagIndex) {}

    /**
     * How values are stored.
     *
     * @param cipher null if no policy encrypts
     */
    public record Values(ValueCodec codec, @Nullable ValueCipher cipher) {}

    /** Who is told, and who counts. */
    public record Figures(CacheObserver observer, CacheMetrics metrics) {}

    /**
     * The limits of coherence.
     *
     * @param maxStaleness how long a node trusts its near cache without a proof of completeness
     * @param maxRecords how many invalidations a node remembers
     * @param maxPending how many invalidations it keeps while Redis is away
     * @param onFailover what it does when another server takes over
     */
    public record Coherence(Duration maxStaleness, int maxRecords, int maxPending, OnFailover onFailover) {

        public static final Coherence DEFAULT =
                new Coherence(Duration.ofMillis(500), 65_536, 10_000, OnFailover.REPLAY);
    }
}
