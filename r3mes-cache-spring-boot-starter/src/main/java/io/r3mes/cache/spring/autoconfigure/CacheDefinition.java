package io.r3mes.cache.spring.autoconfigure;

import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.spring.R3mesCacheable;
import io.r3mes.cache.spring.interceptor.AnnotatedMethod;
import io.r3mes.cache.spring.interceptor.AnnotatedMethods;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/** What {@code @R3mesCacheable} methods say of one cache; null is what none of them says. */
record CacheDefinition(
        @Nullable String key,
        @Nullable Duration ttl,
        @Nullable List<String> tags) {

    static final CacheDefinition NOTHING = new CacheDefinition(null, null, null);

    /**
     * The definitions by cache name.
     *
     * @param placeholders resolves {@code ${..}}
     * @throws CacheConfigurationException if two methods contradict each other, or one defines a cache without a name
     */
    static Map<String, CacheDefinition> of(AnnotatedMethods methods, UnaryOperator<String> placeholders) {
        Map<String, CacheDefinition> definitions = new LinkedHashMap<>();
        Map<String, AnnotatedMethod> sources = new LinkedHashMap<>();
        for (AnnotatedMethod method : methods.all()) {
            R3mesCacheable annotation = method.annotations().cacheable();
            if (annotation != null) {
                String name = annotation.cache();
                if (name.isBlank()) {
                    throw new CacheConfigurationException(
                            "@R3mesCacheable on " + method.signature() + ": it names no cache.",
                            "Write @R3mesCacheable(cache = \"..\").");
                }
                CacheDefinition definition = of(annotation, method, placeholders);
                AnnotatedMethod other = sources.put(name, method);
                CacheDefinition known = definitions.getOrDefault(name, NOTHING);
                definitions.put(name, other == null ? definition : known.and(definition, name, other, method));
            }
        }
        return definitions;
    }

    private static CacheDefinition of(
            R3mesCacheable annotation, AnnotatedMethod method, UnaryOperator<String> placeholders) {
        String ttl = placeholders.apply(annotation.ttl());
        Duration parsed = null;
        if (!ttl.isBlank()) {
            try {
                parsed = DurationStyle.detectAndParse(ttl);
            } catch (IllegalArgumentException malformed) {
                throw new CacheConfigurationException(
                        "@R3mesCacheable on " + method.signature() + ": ttl = \"" + ttl + "\" is no duration.",
                        "Write one such as \"300s\" or \"5m\".");
            }
        }
        String key = placeholders.apply(annotation.key());
        return new CacheDefinition(
                key.isBlank() ? null : key, parsed, annotation.tags().length == 0 ? null : List.of(annotation.tags()));
    }

    private CacheDefinition and(CacheDefinition other, String name, AnnotatedMethod first, AnnotatedMethod second) {
        Merge merge = new Merge(name, first, second);
        return new CacheDefinition(
                merge.same("key", key, other.key),
                merge.same("ttl", ttl, other.ttl),
                merge.same("tags", tags, other.tags));
    }

    /** Two methods that share a cache. */
    private record Merge(String cache, AnnotatedMethod first, AnnotatedMethod second) {

        <T> @Nullable T same(String attribute, @Nullable T left, @Nullable T right) {
            if (left != null && right != null && !Objects.equals(left, right)) {
                throw new CacheConfigurationException(
                        "The cache '" + cache + "' is defined twice: its " + attribute + " is '" + left + "' on "
                                + first.signature() + " and '" + right + "' on " + second.signature() + ".",
                        "Rename one of the two caches, or define " + attribute + " once.");
            }
            return left == null ? right : left;
        }
    }
}
