package io.r3mes.cache.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;

/**
 * Caches what the method returns.
 *
 * <p>The generic return type is the type of the cached value. {@code Optional<T>} is cached as {@code T}, empty as null;
 * {@code CompletableFuture<T>} and {@code CompletionStage<T>} as {@code T}, without blocking, the method being started on
 * the cache's executor.
 *
 * <p>A placeholder of the cache's key is the name of a parameter ({@code {wallet}}), a property path on one ({@code
 * {request.wallet}}) or, after {@code #}, any SpEL over the parameters ({@code {#user.id + '-' + #page}}); {@code #p0} and
 * {@code #a0} are the first argument whatever its name.
 *
 * <p>The advice runs outside of the method's own transaction, so a hit opens none. In a transaction of the caller a hit is
 * served unless that transaction invalidates it at commit. A miss in a read-write transaction calls the method and stores
 * nothing, since the value may not be committed; so does one in a read-only transaction whose declared isolation is
 * {@code REPEATABLE_READ} or stronger, since its snapshot may be older than an invalidation. A database whose default
 * isolation is that strong needs it declared on the transaction to be seen here.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface R3mesCacheable {

    /** Alias of {@link #cache}. */
    @AliasFor("cache")
    String value() default "";

    /** The name of the cache, one of {@code r3mes.cache.caches} unless {@link #key} defines it here. */
    @AliasFor("value")
    String cache() default "";

    /** The key template that defines the cache; {@code r3mes.cache.caches.<name>.key} takes precedence. */
    String key() default "";

    /** The time to live, such as {@code 300s}; {@code r3mes.cache.caches.<name>.ttl} takes precedence. */
    String ttl() default "";

    /** Tag templates over the key's placeholders; {@code r3mes.cache.caches.<name>.tags} takes precedence. */
    String[] tags() default {};

    /** SpEL over the arguments; where it is false the method is called as if it were not annotated. */
    String condition() default "";

    /** SpEL over the arguments and {@code #result}; where it is true the value is returned without being stored. */
    String unless() default "";
}
