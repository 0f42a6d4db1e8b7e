package io.r3mes.cache.engine;

import org.jspecify.annotations.Nullable;

/**
 * What a load is for.
 *
 * @param anew whether a valid value that was stored before is no answer
 * @param background whether nobody waits for it, so that it gives up where somebody else loads
 * @param replaced the stored bytes that it is to replace, if they are known; other ones are an answer
 */
record Purpose(boolean anew, boolean background, byte @Nullable [] replaced) {

    /** A caller who found nothing. */
    static final Purpose MISSING = new Purpose(false, false, null);

    /** A caller who wants no cached value. */
    static final Purpose ANEW = new Purpose(true, false, null);

    /** A near copy is about to expire. */
    static final Purpose AHEAD = new Purpose(true, true, null);

    /** An entry in the remote store has expired, or is about to. */
    static Purpose replacing(Envelope entry) {
        return new Purpose(true, true, entry.bytes());
    }
}
