package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.Cache;
import io.r3mes.cache.KeyParts;
import io.r3mes.cache.spi.LocalEntry;
import io.r3mes.cache.spi.NearReads;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A read of the near cache whose id is made of plain arguments: it needs nothing else of the call. Thread-safe. */
final class NearRead {

    private final NearReads cache;
    private final int[] arguments;

    private NearRead(NearReads cache, int[] arguments) {
        this.cache = cache;
        this.arguments = arguments;
    }

    /** Null if the id needs more, or the cache is not one of the engine's. */
    static @Nullable NearRead of(Cache<?, ?> cache, List<Extractor> id) {
        return cache instanceof NearReads near && id.stream().allMatch(Argument.class::isInstance)
                ? new NearRead(
                        near,
                        id.stream().mapToInt(part -> ((Argument) part).index()).toArray())
                : null;
    }

    @Nullable LocalEntry find(@Nullable Object[] given) {
        return cache.near(id(given));
    }

    private @Nullable Object id(@Nullable Object[] given) {
        return switch (arguments.length) {
            case 0 -> KeyParts.NONE;
            case 1 -> given[arguments[0]];
            case 2 -> KeyParts.of(given[arguments[0]], given[arguments[1]]);
            default ->
                KeyParts.of(
                        Arrays.stream(arguments).mapToObj(index -> given[index]).toArray());
        };
    }
}
