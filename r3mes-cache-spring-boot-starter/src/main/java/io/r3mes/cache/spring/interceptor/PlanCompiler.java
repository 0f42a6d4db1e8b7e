package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.KeyTemplate;
import io.r3mes.cache.ValueType;
import io.r3mes.cache.spring.R3mesCacheInvalidate;
import io.r3mes.cache.spring.R3mesCachePut;
import io.r3mes.cache.spring.R3mesCacheable;
import io.r3mes.cache.spring.interceptor.Expressions.Condition;
import io.r3mes.cache.spring.interceptor.MethodPlan.Drop;
import io.r3mes.cache.spring.interceptor.MethodPlan.EntryPlan;
import io.r3mes.cache.spring.interceptor.MethodPlan.Put;
import io.r3mes.cache.spring.interceptor.MethodPlan.Read;
import io.r3mes.cache.spring.interceptor.MethodPlan.What;
import io.r3mes.cache.spring.interceptor.Templates.BoundGlob;
import io.r3mes.cache.spring.interceptor.Templates.BoundTemplate;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.core.ResolvableType;

/** Turns the annotations of a method into its plan, or fails with what to change. Thread-safe. */
final class PlanCompiler {

    private final CacheManager manager;
    private final CacheTypes types;
    private final Expressions expressions;
    private final Templates templates;

    PlanCompiler(CacheManager manager, CacheTypes types, Expressions expressions) {
        this.manager = manager;
        this.types = types;
        this.expressions = expressions;
        this.templates = new Templates(expressions);
    }

    MethodPlan compile(Signature signature, MethodAnnotations annotations) {
        ReturnShape shape = ReturnShape.of(signature);
        R3mesCacheable cacheable = annotations.cacheable();
        R3mesCachePut put = annotations.put();
        return new MethodPlan(
                signature,
                shape,
                cacheable == null ? null : read(cacheable, signature, shape),
                put == null ? null : put(put, signature, shape),
                annotations.invalidates().stream()
                        .map(invalidate -> drop(invalidate, signature))
                        .toList());
    }

    private Read read(R3mesCacheable annotation, Signature signature, ReturnShape shape) {
        Scope before = Scope.before("R3mesCacheable", signature);
        Scope after = Scope.after("R3mesCacheable", signature);
        shape.checkCacheable(before);
        requireSeenAtStart(annotation, before);
        EntryPlan entry = entry(policy(annotation.cache(), before), shape.valueType(), before);
        Condition condition = expressions.condition(annotation.condition(), before);
        NearRead near = condition == null && !shape.async()
                ? NearRead.of(entry.cache(), entry.key().extractors())
                : null;
        return new Read(entry, near, condition, expressions.condition(annotation.unless(), after));
    }

    /** A cache that only the annotation defines exists if the annotation was found before the manager was built. */
    private void requireSeenAtStart(R3mesCacheable annotation, Scope scope) {
        if (!annotation.key().isBlank() && !manager.cacheNames().contains(annotation.cache())) {
            throw scope.fault(
                    "the cache '" + annotation.cache() + "' does not exist because the bean's declared type hides the"
                            + " annotation.",
                    "Declare the class as the return type of its @Bean method, or configure r3mes.cache.caches."
                            + annotation.cache() + ".key.");
        }
    }

    private Put put(R3mesCachePut annotation, Signature signature, ReturnShape shape) {
        Scope before = Scope.before("R3mesCachePut", signature);
        Scope after = Scope.after("R3mesCachePut", signature);
        CachePolicy policy = policy(annotation.cache(), before);
        boolean result = annotation.value().strip().equals("#result");
        if (result) {
            shape.checkCacheable(before);
        }
        Type type = types.of(policy.name());
        if (type == null) {
            type = result ? shape.valueType() : Object.class;
        } else if (result && !isAssignable(type, shape.valueType())) {
            throw before.fault(
                    "it would store a " + shape.valueType().getTypeName() + " in the cache '" + policy.name()
                            + "', whose @R3mesCacheable method returns " + type.getTypeName() + ".",
                    "Return that type, or name the value to store, such as value = \"#result.name\".");
        }
        return new Put(
                entry(policy, type, before),
                expressions.compile(annotation.value(), after),
                expressions.condition(annotation.condition(), after));
    }

    private static boolean isAssignable(Type to, Type from) {
        return ResolvableType.forType(to).isAssignableFrom(ResolvableType.forType(from));
    }

    private Drop drop(R3mesCacheInvalidate annotation, Signature signature) {
        Scope scope = annotation.beforeInvocation()
                ? Scope.before("R3mesCacheInvalidate", signature)
                : Scope.after("R3mesCacheInvalidate", signature);
        requireTarget(annotation, scope);
        List<BoundTemplate> keys = new ArrayList<>();
        Set<String> whole = new LinkedHashSet<>();
        for (String name : annotation.cache()) {
            CachePolicy policy = policy(name, scope);
            if (annotation.allEntries()) {
                whole.add(name);
            } else {
                keys.add(templates.bind(policy.key(), scope));
            }
        }
        for (String key : annotation.keys()) {
            keys.add(ownedKey(templates.bind(key, scope), scope));
        }
        List<BoundTemplate> tags = List.of(annotation.tags()).stream()
                .map(tag -> templates.bind(tag, scope))
                .toList();
        List<BoundGlob> patterns = List.of(annotation.patterns()).stream()
                .map(pattern -> templates.glob(pattern, scope))
                .toList();
        What what = new What(List.copyOf(keys), tags, patterns, Set.copyOf(whole), annotation.everything());
        return new Drop(
                what,
                annotation.async(),
                annotation.beforeInvocation(),
                expressions.condition(annotation.condition(), scope));
    }

    private static void requireTarget(R3mesCacheInvalidate annotation, Scope scope) {
        int named = annotation.cache().length
                + annotation.keys().length
                + annotation.tags().length
                + annotation.patterns().length;
        if (named == 0 && !annotation.everything()) {
            throw scope.fault(
                    "it invalidates nothing.", "Name a cache, keys, tags or patterns, or set everything = true.");
        }
        if (annotation.allEntries() && annotation.cache().length == 0) {
            throw scope.fault(
                    "allEntries = true needs a cache.",
                    "Name the cache, or set everything = true to mean all of them.");
        }
    }

    private BoundTemplate ownedKey(BoundTemplate key, Scope scope) {
        List<String> known = new ArrayList<>();
        for (String name : manager.cacheNames()) {
            KeyTemplate template = manager.policy(name).key();
            if (template.overlaps(key.template())) {
                return key;
            }
            known.add(template.text());
        }
        throw scope.fault(
                "no cache can have the key '" + key.template() + "'.",
                "Use a key that one of these templates makes: " + String.join(", ", known) + ".");
    }

    @SuppressWarnings("unchecked") // The value type is the method's; ids are checked when they are rendered.
    private EntryPlan entry(CachePolicy policy, Type type, Scope scope) {
        Cache<?, ?> cache = manager.cache(policy.name(), ValueType.of(type));
        List<BoundTemplate> tags =
                policy.tags().stream().map(tag -> templates.bind(tag, scope)).toList();
        return new EntryPlan((Cache<Object, Object>) cache, templates.bind(policy.key(), scope), tags);
    }

    private CachePolicy policy(String name, Scope scope) {
        if (name.isBlank()) {
            throw scope.fault("it names no cache.", "Write @" + scope.annotation() + "(cache = \"..\").");
        }
        if (manager.cacheNames().contains(name)) {
            return manager.policy(name);
        }
        throw unknown(name, manager.cacheNames(), scope);
    }

    private static CacheConfigurationException unknown(String name, Set<String> known, Scope scope) {
        String nearest = CacheNames.nearest(name, known);
        String list = known.isEmpty() ? "none is configured" : "known caches: " + String.join(", ", known);
        return scope.fault(
                "there is no cache '" + name + "' (" + list + ").",
                (nearest == null ? "Use one of them" : "Did you mean '" + nearest + "'? Otherwise use another of them")
                        + ", configure r3mes.cache.caches." + name + ".key, or give @R3mesCacheable a key.");
    }
}
