package io.r3mes.cache.spring.autoconfigure;

import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.LoadTimeouts;
import io.r3mes.cache.StalePolicy;
import io.r3mes.cache.spring.autoconfigure.R3mesCacheProperties.CacheSpec;
import io.r3mes.cache.spring.autoconfigure.R3mesCacheProperties.Defaults;
import io.r3mes.cache.spring.autoconfigure.R3mesCacheProperties.LoadSpec;
import io.r3mes.cache.spring.autoconfigure.R3mesCacheProperties.LocalSpec;
import io.r3mes.cache.spring.autoconfigure.R3mesCacheProperties.StaleSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Merges the settings of every cache: built in, of the defaults, of the annotation, of the cache itself. */
final class CachePolicies {

    private static final CacheSpec NOTHING = new CacheSpec(
            null,
            null,
            null,
            null,
            null,
            null,
            new LocalSpec(null, null, null, null),
            new LoadSpec(null, null, null, null, null, null, null, null),
            new StaleSpec(null, null, null),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);

    private final Defaults defaults;
    private final Map<String, CacheSpec> specs;
    private final Map<String, CacheDefinition> definitions;

    CachePolicies(R3mesCacheProperties properties, Map<String, CacheDefinition> definitions) {
        this.defaults = properties.defaults();
        this.specs = properties.caches();
        this.definitions = definitions;
    }

    /**
     * The policies of all caches.
     *
     * @throws CacheConfigurationException if a cache has no key or a setting that cannot work
     */
    List<CachePolicy> merge() {
        Set<String> names = new LinkedHashSet<>(specs.keySet());
        definitions.forEach((name, definition) -> {
            if (definition.key() != null) {
                names.add(name);
            }
        });
        List<CachePolicy> policies = new ArrayList<>();
        names.forEach(name -> policies.add(merge(name)));
        return policies;
    }

    private CachePolicy merge(String name) {
        CacheSpec spec = specs.getOrDefault(name, NOTHING);
        CacheDefinition definition = definitions.getOrDefault(name, CacheDefinition.NOTHING);
        String key = first(spec.key(), definition.key(), null);
        if (key == null) {
            throw new CacheConfigurationException(
                    "The cache '" + name + "' has no key.",
                    "Set r3mes.cache.caches." + name + ".key, such as \"user:info:{wallet}\", or give its"
                            + " @R3mesCacheable a key.");
        }
        List<String> tags = first(spec.tags(), definition.tags(), List.of());
        Duration ttl = first(spec.ttl(), definition.ttl(), defaults.ttl());
        return guarded(
                name,
                () -> CachePolicy.of(name, key)
                        .withTags(tags == null ? new String[0] : tags.toArray(String[]::new))
                        .withExpiry(new CachePolicy.Expiry(
                                ttl == null ? defaults.ttl() : ttl,
                                or(spec.jitter(), defaults.jitter()).value(),
                                or(spec.refreshAhead(), defaults.refreshAhead()).value(),
                                or(spec.refreshBeta(), defaults.refreshBeta())))
                        .withLocal(local(spec.local()))
                        .withLoad(load(spec.load()))
                        .withValue(value(name, spec))
                        .withStale(stale(spec.stale()))
                        .withDomain(or(spec.domain(), CachePolicy.COMMON_DOMAIN)));
    }

    private CachePolicy.Local local(LocalSpec spec) {
        return new CachePolicy.Local(
                or(spec.enabled(), defaults.local().enabled()),
                or(spec.maxEntries(), defaults.local().maxEntries()),
                or(spec.ttl(), defaults.local().ttl()),
                spec.degradedTtl() == null ? defaults.local().degradedTtl() : spec.degradedTtl());
    }

    private CachePolicy.Load load(LoadSpec spec) {
        return new CachePolicy.Load(
                or(spec.lease(), defaults.load().lease()),
                or(spec.maxLoad(), defaults.load().maxLoad()),
                or(spec.maxWait(), defaults.load().maxWait()),
                or(spec.snapshotLag(), defaults.load().snapshotLag()),
                or(spec.maxConcurrent(), defaults.load().maxConcurrent()),
                or(spec.rejectWhenFull(), defaults.load().rejectWhenFull()),
                new LoadTimeouts(
                        or(spec.softTimeout(), defaults.load().softTimeout()),
                        or(spec.timeout(), defaults.load().timeout())));
    }

    private StalePolicy stale(StaleSpec spec) {
        return new StalePolicy(
                or(spec.whileRevalidate(), defaults.stale().whileRevalidate()),
                or(spec.onError(), defaults.stale().onError()),
                or(spec.retryAfter(), defaults.stale().retryAfter()));
    }

    private CachePolicy.Value value(String name, CacheSpec spec) {
        DataSize size = or(spec.maxValueBytes(), defaults.maxValueBytes());
        if (size.toBytes() > Integer.MAX_VALUE) {
            throw new CacheConfigurationException(
                    "Cache '" + name + "': max-value-bytes is " + size + ".", "Set it to less than 2GB.");
        }
        return new CachePolicy.Value(
                or(spec.cacheNulls(), defaults.cacheNulls()),
                or(spec.encrypt(), defaults.encrypt()),
                (int) size.toBytes(),
                or(spec.nullTtl(), defaults.nullTtl()),
                or(spec.maxNullEntries(), defaults.maxNullEntries()),
                or(spec.strictSchema(), defaults.strictSchema()));
    }

    /** Says which cache a malformed template belongs to. */
    private static CachePolicy guarded(String name, Supplier<CachePolicy> policy) {
        try {
            return policy.get();
        } catch (CacheConfigurationException fault) {
            String message = String.valueOf(fault.getMessage());
            if (message.contains("'" + name + "'")) {
                throw fault;
            }
            throw new CacheConfigurationException(
                    "Cache '" + name + "': " + message,
                    "Correct it in r3mes.cache.caches." + name + " or in its" + " @R3mesCacheable.");
        }
    }

    private static <T> @Nullable T first(@Nullable T own, @Nullable T annotated, @Nullable T otherwise) {
        return own != null ? own : annotated != null ? annotated : otherwise;
    }

    private static <T> T or(@Nullable T own, T otherwise) {
        return own == null ? otherwise : own;
    }
}
