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
        List<String> all = null;
        for (String tag : added) {
            if (!(all == null ? tags : all).contains(tag)) {
                all = all == null ? new ArrayList<>(tags) : all;
                all.add(tag);
            }
        }
        return all == null ? this : new Subject(cache, key, List.copyOf(all));
    }
}
