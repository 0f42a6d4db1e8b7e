package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.CacheConfigurationException;
import java.util.Set;

/**
 * Where a template or an expression stands: what it may use, and how a message names the place.
 *
 * @param annotation the simple name of the annotation
 * @param variables what an expression may use besides the arguments
 */
record Scope(String annotation, Signature signature, Set<String> variables) {

    CacheConfigurationException fault(String fault, String remedy) {
        return new CacheConfigurationException("@" + annotation + " on " + signature + ": " + fault, remedy);
    }
}
