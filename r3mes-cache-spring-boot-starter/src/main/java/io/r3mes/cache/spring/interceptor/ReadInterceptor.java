package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.Cache;
import io.r3mes.cache.LoadContext;
import io.r3mes.cache.Loader;
import io.r3mes.cache.Lookup;
import io.r3mes.cache.spi.LocalEntry;
import io.r3mes.cache.spring.interceptor.MethodPlan.Read;
import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/** The advice of {@code @R3mesCacheable}: the whole path of a cached call. Thread-safe. */
final class ReadInterceptor implements MethodInterceptor {

    private final Plans plans;
    private final Transactions transactions;
    /** The method whose next call on this thread loads anew. */
    @SuppressWarnings("ThreadLocalUsage") // One application, one interceptor; contexts do not share it.
    private final ThreadLocal<@Nullable Method> refreshing = new ThreadLocal<>();

    ReadInterceptor(Plans plans, Transactions transactions) {
        this.plans = plans;
        this.transactions = transactions;
    }

    /** The plan of an intercepted method. */
    MethodPlan plan(Method method, @Nullable Class<?> target) {
        return plans.of(method, target);
    }

    /** The near-cache entry that answers a call, or null if the call has to go all the way. */
    @Nullable LocalEntry near(MethodPlan plan, @Nullable Object[] arguments) {
        NearRead near = plan.read() == null ? null : plan.read().near();
        return near == null || transactions.isActive() || refreshing.get() != null ? null : near.find(arguments);
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Object target = invocation.getThis();
        MethodPlan plan = plans.of(invocation.getMethod(), target == null ? null : target.getClass());
        LocalEntry entry = near(plan, invocation.getArguments());
        if (entry != null) {
            return plan.shape().wrap(entry.value());
        }
        Read read = plan.read();
        Call call = Call.of(plan.signature(), target, invocation.getArguments());
        boolean refresh = plan.signature().method().equals(refreshing.get());
        if (refresh) {
            refreshing.remove();
        }
        if (read == null || (read.condition() != null && !read.condition().holds(call))) {
            return invocation.proceed();
        }
        CachedCall cached = new CachedCall(plan.shape(), read, call, invocation);
        if (refresh) {
            return cached.refresh();
        }
        return plan.shape().async() ? readAsync(cached) : readBlocking(cached);
    }

    /** Runs a call whose next invocation of {@code method} on this thread loads anew. */
    <T> T refreshing(Method method, Callable<T> call) throws Exception {
        refreshing.set(method);
        try {
            return call.call();
        } finally {
            refreshing.remove();
        }
    }

    private @Nullable Object readBlocking(CachedCall cached) throws Throwable {
        if (transactions.isActive()) {
            if (transactions.covers(cached.entry())) {
                return cached.invocation().proceed();
            }
            if (!transactions.mayStore()) {
                Lookup<Object> found = cached.cache().getIfPresent(cached.id());
                return found instanceof Lookup.Hit<Object> hit
                        ? cached.shape().wrap(hit.value())
                        : cached.invocation().proceed();
            }
        }
        Loader<Object, Object, Exception> loader = new BlockingLoader(cached, transactions.isActive());
        return cached.shape().wrap(cached.cache().get(cached.id(), loader));
    }

    private @Nullable Object readAsync(CachedCall cached) throws Throwable {
        if (transactions.isActive() && (transactions.covers(cached.entry()) || !transactions.mayStore())) {
            return cached.invocation().proceed();
        }
        return cached.cache()
                .async()
                .get(cached.id(), (id, context) -> cached.loadAsync(context))
                .thenApply(cached.shape()::wrap);
    }

    /**
     * Loads what a blocking method returns.
     *
     * @param needsCallersThread whether the method is to see the caller's transaction
     */
    private record BlockingLoader(CachedCall call, boolean needsCallersThread)
            implements Loader<Object, Object, Exception> {

        @Override
        public @Nullable Object load(Object id, LoadContext context) throws Exception {
            return call.load(context);
        }
    }

    /** One call of a cached method. */
    private record CachedCall(ReturnShape shape, Read read, Call call, MethodInvocation invocation) {

        Cache<Object, Object> cache() {
            return read.entry().cache();
        }

        Object id() {
            return read.entry().key().id(call);
        }

        Entry entry() {
            return read.entry().entry(call);
        }

        @Nullable Object load(LoadContext context) throws Exception {
            return decided(proceed(invocation), context);
        }

        CompletionStage<@Nullable Object> loadAsync(LoadContext context) {
            try {
                return stage(proceed(((ProxyMethodInvocation) invocation).invocableClone()))
                        .thenApply(value -> decided(value, context));
            } catch (Exception thrown) {
                return CompletableFuture.failedFuture(thrown);
            }
        }

        @Nullable Object refresh() throws Exception {
            if (!shape.async()) {
                return shape.wrap(cache().refresh(id(), (id, context) -> load(context)));
            }
            Object value = cache().refresh(id(), (id, context) -> decided(join(stage(proceed(invocation))), context));
            return CompletableFuture.completedFuture(shape.wrap(value));
        }

        private @Nullable Object decided(@Nullable Object returned, LoadContext context) {
            Object value = shape.unwrap(returned);
            if (read.unless() != null && read.unless().holds(call.with(Call.RESULT, value))) {
                context.doNotStore();
            }
            return value;
        }

        private static @Nullable Object proceed(MethodInvocation invocation) throws Exception {
            try {
                return invocation.proceed();
            } catch (Exception | Error thrown) {
                throw thrown;
            } catch (Throwable thrown) {
                throw new UndeclaredThrowableException(thrown);
            }
        }

        @SuppressWarnings("unchecked") // The declared return type is a stage.
        private static CompletionStage<@Nullable Object> stage(@Nullable Object returned) {
            return returned == null
                    ? CompletableFuture.completedFuture(null)
                    : (CompletionStage<@Nullable Object>) Objects.requireNonNull(returned);
        }

        private static @Nullable Object join(CompletionStage<@Nullable Object> stage) throws Exception {
            try {
                return stage.toCompletableFuture().join();
            } catch (CompletionException failed) {
                if (failed.getCause() instanceof Exception cause) {
                    throw cause;
                }
                throw failed;
            }
        }
    }
}
