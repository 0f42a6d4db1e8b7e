package io.r3mes.cache.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports of the loopback interface for servers that start later, or again. They lie below those that the system gives to
 * connections, each fork of a build has its own, and none is given twice as long as others are left.
 */
final class FreePorts {

    private static final int FIRST = 10_000;
    private static final int FORKS = 8;
    static final int OF_A_FORK = 2_500;
    private static final int FORK = Integer.getInteger("r3mes.test.fork", 0) % FORKS;
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(OF_A_FORK));

    private FreePorts() {}

    /** A port that nobody uses. */
    static int next() {
        for (int tries = 0; tries < OF_A_FORK; tries++) {
            int port = FIRST + NEXT.getAndIncrement() % OF_A_FORK * FORKS + FORK;
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("No port is free");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException used) {
            return false;
        }
    }
}
