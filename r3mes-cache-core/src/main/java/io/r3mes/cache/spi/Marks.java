package io.r3mes.cache.spi;

import java.util.List;

/**
 * What the log's metadata knows of invalidations that may cover one entry.
 *
 * @param generation the current generation
 * @param base position up to which rules are forgotten: an entry born before it is invalid
 * @param newestTag the newest invalidation of the tags asked for; a tag without record counts as invalidated now
 * @param rules the pattern and cache invalidations newer than the birth asked for
 */
public record Marks(long generation, long base, long newestTag, List<Rule> rules) {

    public Marks {
        rules = List.copyOf(rules);
    }

    /** A pattern or cache invalidation that is still remembered, and where it stands in the log. */
    public record Rule(Event event, long position) {}
}
