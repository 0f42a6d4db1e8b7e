package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.testing.TestNodes;

/** A node that only follows the log, in a JVM of its own. */
final class RestingNode {

    private RestingNode() {}

    /** Argument: the URI of Redis. */
    public static void main(String[] arguments) throws Exception {
        try (TestNodes nodes = Arena.nodes(arguments[0])) {
            nodes.start(Arena.NEAR);
            System.out.println(CoherenceListener.READY);
            while (System.in.read() >= 0) {
                // Ends with the JVM that started it.
            }
        }
        System.exit(0);
    }
}
