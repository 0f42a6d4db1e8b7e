package io.r3mes.cache.engine;

import io.r3mes.cache.EntryOptions;

/** The check of a tag's text. */
final class Tags {

    private Tags() {}

    /**
     * @throws IllegalArgumentException if the text cannot be a tag, as in {@link EntryOptions}
     */
    static String checked(String tag) {
        return EntryOptions.DEFAULT.withTags(tag).tags().iterator().next();
    }
}
