package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.Cache;
import io.r3mes.cache.spring.interceptor.Expressions.Condition;
import io.r3mes.cache.spring.interceptor.Templates.BoundGlob;
import io.r3mes.cache.spring.interceptor.Templates.BoundTemplate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the annotations of one method do, compiled.
 *
 * @param shape how the method hands out its value
 */
record MethodPlan(
        Signature signature,
        ReturnShape shape,
        @Nullable Read read,
        @Nullable Put put,
        List<Drop> drops) {

    /** An entry named by the arguments of the method. */
    record EntryPlan(Cache<Object, Object> cache, BoundTemplate key, List<BoundTemplate> tags) {

        Entry entry(Call call) {
            return new Entry(
                    cache.name(),
                    key.render(call),
                    tags.stream().map(tag -> tag.render(call)).toList());
        }
    }

    /**
     * What {@code @R3mesCacheable} asks for.
     *
     * @param near how a call may be answered by its arguments alone; null if it takes more
     */
    record Read(
            EntryPlan entry,
            @Nullable NearRead near,
            @Nullable Condition condition,
            @Nullable Condition unless) {}

    /** What {@code @R3mesCachePut} asks for. */
    record Put(EntryPlan entry, Extractor value, @Nullable Condition condition) {}

    /** What one {@code @R3mesCacheInvalidate} asks for. */
    record Drop(
            What what,
            boolean async,
            boolean before,
            @Nullable Condition condition) {

        boolean applies(Call call) {
            return condition == null || condition.holds(call);
        }
    }

    /** The templates of one {@code @R3mesCacheInvalidate}. */
    record What(
            List<BoundTemplate> keys,
            List<BoundTemplate> tags,
            List<BoundGlob> patterns,
            Set<String> caches,
            boolean everything) {

        Targets targets(Call call) {
            return new Targets(rendered(keys, call), rendered(tags, call), globs(call), caches, everything);
        }

        private static Set<String> rendered(List<BoundTemplate> templates, Call call) {
            Set<String> texts = new LinkedHashSet<>();
            templates.forEach(template -> texts.add(template.render(call)));
            return texts;
        }

        private Set<String> globs(Call call) {
            Set<String> texts = new LinkedHashSet<>();
            patterns.forEach(pattern -> texts.add(pattern.render(call)));
            return texts;
        }
    }
}
