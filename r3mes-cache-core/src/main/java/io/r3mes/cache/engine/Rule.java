package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Event;
import org.jspecify.annotations.Nullable;

/**
 * An invalidation that covers entries by a property of the whole rather than by key or tag.
 *
 * @param glob compiled, for a pattern
 */
record Rule(Event event, long position, @Nullable Glob glob) {

    static Rule of(Event event, long position) {
        Glob glob = event instanceof Event.Pattern pattern ? Glob.compile(pattern.glob()) : null;
        return new Rule(event, position, glob);
    }

    boolean covers(Subject subject) {
        if (glob != null) {
            return glob.matches(subject.key());
        }
        return event instanceof Event.Cleared cleared
                ? cleared.cache().equals(subject.cache())
                : event instanceof Event.All;
    }
}
