package io.r3mes.cache.scale;

import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How often a server ran each command, and what it holds. */
record Commands(Map<String, Long> calls, Map<String, Double> micros) {

    private static final Pattern CALLS =
            Pattern.compile("cmdstat_([a-z]+):calls=(\\d+),usec=\\d+,usec_per_call=([0-9.]+)");

    static void reset(RedisProcess server) {
        RedisServers.command(server, redis -> redis.configResetstat());
    }

    /** Since the last reset. */
    static Commands of(RedisProcess server) {
        Map<String, Long> calls = new HashMap<>();
        Map<String, Double> micros = new HashMap<>();
        String statistics = RedisServers.command(server, redis -> redis.info("commandstats"));
        for (Matcher found = CALLS.matcher(statistics); found.find(); ) {
            calls.put(found.group(1), Long.valueOf(found.group(2)));
            micros.put(found.group(1), Double.valueOf(found.group(3)));
        }
        return new Commands(calls, micros);
    }

    long of(String command) {
        return calls.getOrDefault(command, 0L);
    }

    /** What one step took the server on average, in microseconds. */
    double microsOf(String command) {
        return micros.getOrDefault(command, 0.0);
    }

    /** One number of {@code INFO}. */
    static long info(RedisProcess server, String section, String field) {
        String text = RedisServers.command(server, redis -> redis.info(section));
        Matcher number = Pattern.compile(field + "[:=](\\d+)").matcher(text);
        if (!number.find()) {
            throw new IllegalStateException("INFO " + section + " has no " + field);
        }
        return Long.parseLong(number.group(1));
    }
}
