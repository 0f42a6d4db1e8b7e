package io.r3mes.cache.fault;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** A {@link Crowd} in a process of its own. */
final class CrowdMain {

    private CrowdMain() {}

    /** Arguments: the URI of Redis, the namespace. Each line of the input is a key, each of the output what came of it. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        PrintStream answers = System.out;
        System.setOut(System.err);
        try (Crowd crowd = new Crowd(arguments[0], arguments[1])) {
            crowd.awaitTrust();
            answers.println("ready");
            BufferedReader keys = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String key = keys.readLine(); key != null; key = keys.readLine()) {
                answers.println(crowd.ask(key));
            }
        }
    }
}
