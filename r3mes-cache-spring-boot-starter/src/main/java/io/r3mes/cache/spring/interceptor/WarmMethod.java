package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.spring.interceptor.WarmTasks.Invocation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.util.ReflectionUtils;

/** Warms by calling the cached method on its bean, through all of its advice. */
final class WarmMethod {

    private final BeanFactory beans;
    private final ReadInterceptor reads;
    private final Invocation invocation;

    WarmMethod(BeanFactory beans, ReadInterceptor reads, Invocation invocation) {
        this.beans = beans;
        this.reads = reads;
        this.invocation = invocation;
    }

    /**
     * @param keep whether a valid entry is kept instead of being loaded anew
     */
    void run(@Nullable Object event, boolean keep) throws Exception {
        AnnotatedMethod warmed = invocation.method();
        Call call = Call.of(warmed.signature(), null, new Object[0]).with(Call.EVENT, event);
        if (invocation.condition() != null && !invocation.condition().holds(call)) {
            return;
        }
        @Nullable Object[] arguments = invocation.arguments().stream()
                .map(argument -> argument.from(call))
                .toArray();
        Object bean = beans.getBean(warmed.bean());
        Method declared = warmed.signature().method();
        Method method = AopUtils.selectInvocableMethod(declared, bean.getClass());
        ReflectionUtils.makeAccessible(method);
        if (keep) {
            call(bean, method, arguments);
        } else {
            reads.refreshing(declared, () -> call(bean, method, arguments));
        }
    }

    private static @Nullable Object call(Object bean, Method method, @Nullable Object[] arguments) throws Exception {
        try {
            Object returned = method.invoke(bean, arguments);
            return returned instanceof CompletionStage<?> stage
                    ? stage.toCompletableFuture().join()
                    : returned;
        } catch (InvocationTargetException thrown) {
            if (thrown.getTargetException() instanceof Exception cause) {
                throw cause;
            }
            throw thrown;
        }
    }
}
