package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.CacheConfigurationException;
import java.util.Set;

/**
 * Where a template or an expression stands: what it may use, and how a message names the place.
 *
 * @param annotation the simple name of the annotation
 * @param variables what an expression may use besides the arguments
 * @param arguments whether it may use the arguments
 */
record Scope(String annotation, Signature signature, Set<String> variables, boolean arguments) {

    /** Before or instead of a call. */
    static Scope before(String annotation, Signature signature) {
        return new Scope(annotation, signature, Set.of(), true);
    }

    /** After a call, when there is a result. */
    static Scope after(String annotation, Signature signature) {
        return new Scope(annotation, signature, Set.of(Call.RESULT), true);
    }

    /** When an application event asks for a call. */
    static Scope event(String annotation, Signature signature) {
        return new Scope(annotation, signature, Set.of(Call.EVENT), false);
    }

    CacheConfigurationException fault(String fault, String remedy) {
        return new CacheConfigurationException("@" + annotation + " on " + signature + ": " + fault, remedy);
    }
}
