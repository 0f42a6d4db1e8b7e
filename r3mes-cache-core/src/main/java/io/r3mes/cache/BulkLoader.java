package io.r3mes.cache;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the values of several ids from their source in one call. An id left out of the result has a null value. */
@FunctionalInterface
public interface BulkLoader<K, V, X extends Exception> {

    Map<K, ? extends @Nullable V> load(Set<K> ids) throws X;
}
