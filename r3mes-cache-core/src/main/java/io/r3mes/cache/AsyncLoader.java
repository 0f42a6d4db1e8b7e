package io.r3mes.cache;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Reads the value of one id from its source without blocking. Called at most once per attempt. */
@FunctionalInterface
public interface AsyncLoader<K, V> {

    CompletionStage<? extends @Nullable V> load(K id, LoadContext context);
}
