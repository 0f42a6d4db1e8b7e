package io.r3mes.cache.spring.interceptor;

import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/** A method of a bean that carries cache annotations. */
public record AnnotatedMethod(String bean, Signature signature, MethodAnnotations annotations) {

    /** Why calls of the method cannot be intercepted, or null if they can. */
    public @Nullable String obstacle() {
        int method = signature.method().getModifiers();
        if (Modifier.isFinal(signature.type().getModifiers())) {
            return "its class is final";
        }
        if (Modifier.isPrivate(method)) {
            return "it is private";
        }
        if (Modifier.isStatic(method)) {
            return "it is static";
        }
        return Modifier.isFinal(method) ? "it is final" : null;
    }
}
