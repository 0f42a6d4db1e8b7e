package io.r3mes.cache.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Invalidates cached values when the method has returned normally: after the commit when a transaction is active, never
 * after a rollback or an exception. A commit whose outcome is unknown invalidates.
 *
 * <p>For a method that returns a {@code CompletionStage}, it happens when that has completed normally, and what the method
 * returned completes afterwards; within a transaction, after the commit as well.
 *
 * <p>All texts are templates filled like keys; {@code #result} is the returned value in their expressions.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(R3mesCacheInvalidate.Container.class)
@Documented
public @interface R3mesCacheInvalidate {

    /** Caches whose entry for this method's arguments is invalidated, or all entries with {@link #allEntries}. */
    String[] cache() default {};

    /** Keys, such as {@code user:{wallet}}. */
    String[] keys() default {};

    /** Tags, such as {@code user:{wallet}}. */
    String[] tags() default {};

    /** Globs, such as {@code user:*:{wallet}}. Wildcards in the text count, those in filled-in values are literal. */
    String[] patterns() default {};

    /** Whether {@link #cache} names caches to be invalidated as a whole. */
    boolean allEntries() default false;

    /** Whether every cache is invalidated. */
    boolean everything() default false;

    /** Write-behind: does not wait for Redis. What is under way is sent before the application ends. */
    boolean async() default false;

    /** Invalidates before the method runs, whatever becomes of it or of the transaction. */
    boolean beforeInvocation() default false;

    /** SpEL over the arguments and {@code #result}; where it is false nothing is invalidated. */
    String condition() default "";

    /** Holds several {@link R3mesCacheInvalidate} on one method. */
    @Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
    @Retention(RetentionPolicy.RUNTIME)
    @Documented
    @interface Container {
        R3mesCacheInvalidate[] value();
    }
}
