package io.r3mes.cache.codec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/** Refuses types whose JSON would name Java classes. */
final class ClassNamesRefused extends NopAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    @Override
    public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
        JsonTypeInfo info = annotated.getAnnotation(JsonTypeInfo.class);
        if (info != null && (info.use() == JsonTypeInfo.Id.CLASS || info.use() == JsonTypeInfo.Id.MINIMAL_CLASS)) {
            throw new IllegalArgumentException(
                    annotated.getRawType().getName()
                            + " asks for class names in its JSON, which a cached value must not hold. Use JsonTypeInfo.Id.NAME.");
        }
        return null;
    }
}
