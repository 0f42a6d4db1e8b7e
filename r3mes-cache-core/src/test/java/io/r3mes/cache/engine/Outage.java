package io.r3mes.cache.engine;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What goes wrong between one node and its ports, operation by operation, and which operations it sent. */
final class Outage {

    private static final String ALL = "*";

    private final Map<String, Fault> faults = new ConcurrentHashMap<>();
    private final Map<String, Runnable> before = new ConcurrentHashMap<>();
    private final Map<String, Object> answers = new ConcurrentHashMap<>();
    private final List<String> sent = new CopyOnWriteArrayList<>();

    enum Fault {
        /** It does not reach the server. */
        LOST,
        /** The server does it, but its answer is lost. */
        UNACKNOWLEDGED,
        /** No answer ever comes, and nothing happens. */
        HANGS
    }

    /** Operations by their method names; without any, all of them. */
    void begin(Fault fault, String... operations) {
        for (String operation : operations.length == 0 ? new String[] {ALL} : operations) {
            faults.put(operation, fault);
        }
    }

    void end() {
        faults.clear();
    }

    /** Runs once, just before the next operation of that name is sent. */
    void beforeNext(String operation, Runnable action) {
        before.put(operation, action);
    }

    /** Answers the next operation of that name itself, once. */
    void answerNext(String operation, Object answer) {
        answers.put(operation, answer);
    }

    /** The operations sent so far, or since {@link #forget}. */
    List<String> sent() {
        return List.copyOf(sent);
    }

    void forget() {
        sent.clear();
    }

    <T> T between(Class<T> port, T real) {
        Object proxy =
                Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (self, method, arguments) -> {
                    if (!CompletionStage.class.isAssignableFrom(method.getReturnType())
                            && !method.getName().equals("close")) {
                        return method.invoke(real, arguments);
                    }
                    String name = method.getName();
                    sent.add(name);
                    Runnable action = before.remove(name);
                    if (action != null) {
                        action.run();
                    }
                    Object prepared = answers.remove(name);
                    if (prepared != null) {
                        return CompletableFuture.completedFuture(prepared);
                    }
                    Fault fault = name.equals("close") ? null : faults.getOrDefault(name, faults.get(ALL));
                    if (fault == Fault.HANGS) {
                        return new CompletableFuture<>();
                    }
                    try {
                        Object answer = fault == Fault.LOST ? null : method.invoke(real, arguments);
                        return fault == null
                                ? answer
                                : CompletableFuture.failedFuture(new IOException(name + " failed"));
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
        return port.cast(proxy);
    }
}
