package io.r3mes.cache.sim;

import io.r3mes.cache.memory.MemoryServer;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.Nodes;
import io.r3mes.cache.spi.RemoteStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The ports of a node, each call of which is a request over one of its connections. */
record SimPorts(Wire wire, Wire.Connection values, Wire.Connection log, Wire.Connection reading) {

    private static final Set<String> READ_ONLY = Set.of("get", "getAll", "scan", "read", "nodes");

    <T> T port(Class<T> port) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(),
                new Class<?>[] {port},
                (proxy, method, arguments) -> call(port, method, arguments)));
    }

    private Object call(Class<?> port, Method method, Object[] arguments) {
        String name = method.getName();
        if (name.equals("epoch")) {
            return values.changesOfServer();
        }
        if (name.equals("takeovers")) {
            boolean apart = values != log;
            return apart ? values.changesOfServer() : 0L;
        }
        if (name.equals("openCircuits")) {
            return 0;
        }
        if (name.equals("removesKeys")) {
            return false; // Two steps may do all that one may, and more.
        }
        if (!CompletionStage.class.isAssignableFrom(method.getReturnType())) {
            return null;
        }
        boolean waits = name.equals("read") && !((Duration) arguments[2]).isZero();
        Wire.Connection connection = port == RemoteStore.class ? values : waits ? reading : log;
        return wire.send(
                connection,
                new Wire.Request<>(
                        !READ_ONLY.contains(name),
                        waits ? ((Duration) arguments[2]).toNanos() : 0,
                        server -> invoke(server, method, portOf(server, port), arguments)));
    }

    private static Object portOf(MemoryServer server, Class<?> port) {
        if (port == RemoteStore.class) {
            return server.store();
        }
        return port == InvalidationLog.class ? server.log() : server.tags();
    }

    @SuppressWarnings("unchecked") // Only methods that return stages come here.
    private static CompletionStage<Object> invoke(MemoryServer server, Method method, Object port, Object[] arguments) {
        try {
            CompletionStage<Object> reply = (CompletionStage<Object>) method.invoke(port, arguments);
            return method.getName().equals("nodes") ? reply.thenApply(list -> server.aged((Nodes) list)) : reply;
        } catch (InvocationTargetException | IllegalAccessException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
