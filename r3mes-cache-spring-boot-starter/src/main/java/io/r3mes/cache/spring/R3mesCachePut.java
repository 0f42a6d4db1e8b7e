package io.r3mes.cache.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Replaces a cached value by what the method wrote.
 *
 * <p>The write is announced before the method runs. Its value is stored after the commit when a transaction is active,
 * at once otherwise, and nowhere on rollback or exception. Where a concurrent write or invalidation overtakes it, nothing
 * is stored and the next read loads. The placeholders of the cache's key are parameters of this method.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface R3mesCachePut {

    /** The name of the cache. */
    String cache();

    /** SpEL over the arguments and {@code #result} that gives the value to store. */
    String value() default "#result";

    /** SpEL over the arguments and {@code #result}; where it is false nothing is stored. */
    String condition() default "";
}
