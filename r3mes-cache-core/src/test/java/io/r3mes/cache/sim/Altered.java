package io.r3mes.cache.sim;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A port some of whose methods do something else. */
final class Altered {

    private Altered() {}

    /** What stands in for a call. */
    interface Instead {

        Object call(Call call);
    }

    static <T> T of(Class<T> port, T real, String method, Instead instead) {
        return each(port, real, List.of(method), instead);
    }

    static <T> T each(Class<T> port, T real, List<String> methods, Instead instead) {
        return port.cast(
                Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                    Call call = new Call(real, method, arguments);
                    return methods.contains(method.getName()) ? instead.call(call) : call.invoke();
                }));
    }

    /** A call of a port, which may be changed and made. */
    static final class Call {

        private final Object real;
        private final Method method;
        private final Object[] arguments;

        Call(Object real, Method method, Object[] arguments) {
            this.real = real;
            this.method = method;
            this.arguments = arguments;
        }

        String name() {
            return method.getName();
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // The mutation knows the method.
        <A> A argument(int index) {
            return (A) arguments[index];
        }

        void argument(int index, Object changed) {
            arguments[index] = changed;
        }

        Object invoke() {
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException | IllegalAccessException broken) {
                throw new IllegalStateException(broken);
            }
        }

        /** Makes the call as it is now. */
        @SuppressWarnings("unchecked")
        CompletionStage<Object> go() {
            return (CompletionStage<Object>) invoke();
        }

        /** Makes the call and changes its answer. */
        @SuppressWarnings("unchecked")
        <A> CompletionStage<Object> then(Function<A, ?> change) {
            return go().thenApply(answer -> change.apply((A) answer));
        }
    }
}
