package io.r3mes.cache.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What an invalidation may cover: one entry by its cache, its key and its tags.
 *
 * @param key without the namespace
 */
record Subject(String cache, String key, List<String> tags) {

    Subject withTags(Collection<String> added) {
        if (tags.containsAll(added)) {
            return this;
        }
        List<String> all = new ArrayList<>(tags);
        for (String tag : added) {
            if (!all.contains(tag)) {
                all.add(tag);
            }
        }
        return new Subject(cache, key, List.copyOf(all));
    }
}
