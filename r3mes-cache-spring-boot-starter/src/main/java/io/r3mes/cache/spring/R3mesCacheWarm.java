package io.r3mes.cache.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls a {@link R3mesCacheable} method before it is asked, so that its cache holds a fresh value.
 *
 * <p>At start-up a valid entry is kept; on a schedule or an event the value is loaded anew. The task of the only warmer of
 * a cache has the cache's name.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(R3mesCacheWarm.Container.class)
@Documented
public @interface R3mesCacheWarm {

    /** Whether to warm before the application becomes ready; after ten seconds start-up goes on without waiting. */
    boolean onStartup() default false;

    /** The period, such as {@code 5m}; in each period one node of the cluster warms. */
    String every() default "";

    /** Application events that warm; within a transaction after its commit and its invalidations. */
    Class<?>[] on() default {};

    /** SpEL that gives the arguments, one for each parameter of the method; {@code #event} is the application event. */
    String[] args() default {};

    /** SpEL over {@code #event}; where it is false nothing is warmed. */
    String condition() default "";

    /** Holds several {@link R3mesCacheWarm} on one method. */
    @Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
    @Retention(RetentionPolicy.RUNTIME)
    @Documented
    @interface Container {
        R3mesCacheWarm[] value();
    }
}
