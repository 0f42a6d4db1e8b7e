package io.r3mes.cache.engine;

import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.CacheKeyException;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.KeyTemplate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The policies of all caches of a node, found by name or by a raw key. Immutable. */
final class Catalog {

    private final Map<String, CachePolicy> policies = new LinkedHashMap<>();

    /**
     * @throws CacheConfigurationException if two caches share a name or could share a key
     */
    Catalog(Collection<CachePolicy> all) {
        for (CachePolicy policy : all) {
            requireUsefulTimeouts(policy);
            for (CachePolicy other : policies.values()) {
                if (other.name().equals(policy.name())) {
                    throw new CacheConfigurationException(
                            "The cache '" + policy.name() + "' is defined twice. Rename one of them, or remove it.");
                }
                if (other.key().overlaps(policy.key())) {
                    throw new CacheConfigurationException("The caches '" + other.name() + "' and '" + policy.name()
                            + "' can make the same key: '" + other.key() + "' and '" + policy.key()
                            + "'. Begin one of the templates with a prefix of its own.");
                }
            }
            policies.put(policy.name(), policy);
        }
    }

    private static void requireUsefulTimeouts(CachePolicy policy) {
        if (!policy.load().timeouts().soft().isZero()
                && policy.stale().longest().isZero()) {
            throw new CacheConfigurationException(
                    "Cache '" + policy.name() + "': load.soft-timeout serves a value past its"
                            + " TTL, and this cache keeps none. Set stale.on-error too, or load.timeout instead.");
        }
    }

    /** The caches of one coherence domain. */
    Catalog of(String domain) {
        return new Catalog(policies.values().stream()
                .filter(policy -> policy.domain().equals(domain))
                .toList());
    }

    /** The domains that any cache names; the common one if there are no caches. */
    Set<String> domains() {
        Set<String> domains = new LinkedHashSet<>();
        policies.values().forEach(policy -> domains.add(policy.domain()));
        return domains.isEmpty() ? Set.of(CachePolicy.COMMON_DOMAIN) : domains;
    }

    Set<String> names() {
        return Collections.unmodifiableSet(policies.keySet());
    }

    Collection<CachePolicy> policies() {
        return Collections.unmodifiableCollection(policies.values());
    }

    CachePolicy policy(String name) {
        CachePolicy policy = policies.get(name);
        if (policy == null) {
            throw new IllegalArgumentException("There is no cache '" + name + "'. Known caches: " + policies.keySet());
        }
        return policy;
    }

    /** A raw key's cache and tags. */
    record Owned(CachePolicy policy, Subject subject) {}

    /**
     * @throws CacheKeyException if no cache can have the key
     */
    Owned requireKey(String key) {
        Owned owned = find(key);
        if (owned == null) {
            throw new CacheKeyException("No cache can have the raw key '" + printable(key)
                    + "': it matches none of the key templates " + templates()
                    + ". Values in a key are escaped; use cache(name, type).key(id) or delete(id) for values with"
                    + " characters other than letters, digits, '.', '_' and '-'.");
        }
        return owned;
    }

    boolean owns(String key) {
        return find(key) != null;
    }

    /** What is known of a key from its template alone; an empty cache name if no cache can have it. */
    Subject subject(String key) {
        Owned owned = find(key);
        return owned == null ? new Subject("", key, List.of()) : owned.subject();
    }

    boolean isOf(String cache, String key) {
        return policy(cache).key().match(key) != null;
    }

    /**
     * The keys that entries with a tag may have, as far as the tag's text tells: those of caches with a tag that {@link
     * #tellsKey names} its entry.
     */
    List<String> namedBy(String tag) {
        Set<String> keys = new LinkedHashSet<>();
        for (CachePolicy policy : policies.values()) {
            for (KeyTemplate template : policy.tags()) {
                List<String> parts = tellsKey(template, policy.key()) ? template.match(tag) : null;
                if (parts != null) {
                    keys.add(policy.key().join(partsOf(policy.key(), template, parts)));
                }
            }
        }
        return List.copyOf(keys);
    }

    /** Whether a tag has all values of its entry's key, so that the key can be made from the tag and no index is needed. */
    static boolean tellsKey(KeyTemplate tag, KeyTemplate key) {
        return tag.placeholders().containsAll(key.placeholders());
    }

    /** The subject of an id of one cache. */
    static Subject subject(CachePolicy policy, @Nullable Object id) {
        return subject(policy, policy.key().parts(id));
    }

    private @Nullable Owned find(String key) {
        for (CachePolicy policy : policies.values()) {
            List<String> parts = policy.key().match(key);
            if (parts != null) {
                return new Owned(policy, subject(policy, parts));
            }
        }
        return null;
    }

    private static Subject subject(CachePolicy policy, List<String> parts) {
        if (policy.tags().isEmpty()) {
            return new Subject(policy.name(), policy.key().join(parts), List.of());
        }
        String key = policy.key().join(parts);
        if (policy.tags().size() == 1) {
            return new Subject(policy.name(), key, List.of(tag(policy.tags().get(0), policy, parts)));
        }
        List<String> tags = new ArrayList<>(policy.tags().size());
        for (KeyTemplate tag : policy.tags()) {
            tags.add(tag(tag, policy, parts));
        }
        return new Subject(policy.name(), key, tags);
    }

    private static String tag(KeyTemplate tag, CachePolicy policy, List<String> parts) {
        return tag.join(partsOf(tag, policy.key(), parts));
    }

    /** The values of a template's placeholders among those of another that has them all. */
    private static List<String> partsOf(KeyTemplate template, KeyTemplate other, List<String> parts) {
        List<KeyTemplate.Placeholder> placeholders = template.placeholders();
        if (placeholders.equals(other.placeholders())) {
            return parts;
        }
        List<String> chosen = new ArrayList<>(placeholders.size());
        for (KeyTemplate.Placeholder placeholder : placeholders) {
            chosen.add(parts.get(other.indexOf(placeholder)));
        }
        return chosen;
    }

    private List<String> templates() {
        return policies.values().stream().map(policy -> policy.key().text()).toList();
    }

    private static String printable(String key) {
        String shown = key.length() > 80 ? key.substring(0, 80) + "..." : key;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }
}
