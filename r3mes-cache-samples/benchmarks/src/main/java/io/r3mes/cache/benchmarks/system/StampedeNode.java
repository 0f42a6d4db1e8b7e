package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.testing.TestNodes;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The node of {@link Stampede} in the other JVM. Each line of its input is a key, each of its output what came of it. */
final class StampedeNode {

    static final CachePolicy POLICY = CachePolicy.of("crowd", "crowd:{id}").withTags("crowds");
    static final String READY = "ready";

    private StampedeNode() {}

    /** Starts a node and returns how its cache is read. */
    static Crowd.Read start(TestNodes nodes) {
        Cache<String, String> cache = nodes.start(POLICY).cache(POLICY.name(), String.class);
        return (key, loader) -> cache.get(key, (missing, context) -> loader.apply(missing));
    }

    /** Argument: the URI of Redis. */
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        try (TestNodes nodes = Arena.nodes(arguments[0]);
                Crowd crowd = new Crowd()) {
            Crowd.Read read = start(nodes);
            answers.println(READY);
            BufferedReader keys = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String key = keys.readLine(); key != null; key = keys.readLine()) {
                answers.println(crowd.ask(key, read).text());
            }
        }
        System.exit(0);
    }
}
