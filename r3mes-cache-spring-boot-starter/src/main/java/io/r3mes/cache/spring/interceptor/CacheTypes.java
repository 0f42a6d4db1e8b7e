package io.r3mes.cache.spring.interceptor;

import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The value type of each cache, as its {@code @R3mesCacheable} methods declare it. Immutable. */
final class CacheTypes {

    private final Map<String, Declared> types = new LinkedHashMap<>();

    /**
     * @throws io.r3mes.cache.CacheConfigurationException if two methods declare different types for one cache
     */
    CacheTypes(AnnotatedMethods methods) {
        for (AnnotatedMethod method : methods.all()) {
            if (method.annotations().cacheable() != null) {
                String cache = method.annotations().cacheable().cache();
                Declared declared =
                        new Declared(ReturnShape.of(method.signature()).valueType(), method.signature());
                Declared known = types.putIfAbsent(cache, declared);
                if (known != null && !known.type().equals(declared.type())) {
                    throw Scope.before("R3mesCacheable", method.signature())
                            .fault(
                                    "the cache '" + cache + "' would hold values of "
                                            + declared.type().getTypeName() + " here and of "
                                            + known.type().getTypeName() + " in " + known.signature() + ".",
                                    "Give one of the two methods a cache of its own.");
                }
            }
        }
    }

    @Nullable Type of(String cache) {
        Declared declared = types.get(cache);
        return declared == null ? null : declared.type();
    }

    private record Declared(Type type, Signature signature) {}
}
