package io.r3mes.cache.redis;

import io.lettuce.core.ScanCursor;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The cursors of scans under way, which for a cluster hold more than their text. Keeps the newest ones. */
final class ScanCursors {

    private static final int MOST = 256;

    private final Map<String, ScanCursor> cursors = new LinkedHashMap<>(); // guarded by this
    private long last; // guarded by this

    synchronized String keep(ScanCursor cursor) {
        String name = Long.toString(++last);
        cursors.put(name, cursor);
        if (cursors.size() > MOST) {
            Iterator<String> oldest = cursors.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        return name;
    }

    synchronized @Nullable ScanCursor find(String name) {
        return cursors.get(name);
    }
}
