package io.r3mes.cache.scale;

import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server's main thread has spent, by its own word: other work on the machine makes a step late, but hardly dearer.
 *
 * @param cpuMicros CPU time, of the user and of the system
 * @param in bytes read from clients
 * @param out bytes written to clients
 */
record ServerCost(double cpuMicros, double in, double out) {

    private static final double MICROS = 1_000_000;

    static ServerCost of(RedisProcess server) {
        String text = RedisServers.command(server, redis -> redis.info("cpu") + redis.info("stats"));
        double cpu = field(text, "used_cpu_user_main_thread") + field(text, "used_cpu_sys_main_thread");
        return new ServerCost(
                cpu * MICROS, field(text, "total_net_input_bytes"), field(text, "total_net_output_bytes"));
    }

    ServerCost minus(ServerCost other) {
        return new ServerCost(cpuMicros - other.cpuMicros, in - other.in, out - other.out);
    }

    ServerCost times(double factor) {
        return new ServerCost(cpuMicros * factor, in * factor, out * factor);
    }

    @Override
    public String toString() {
        return "%8.1f us CPU  %8.0f B in  %8.0f B out".formatted(cpuMicros, in, out);
    }

    private static double field(String info, String name) {
        Matcher found = Pattern.compile(name + ":([0-9.]+)").matcher(info);
        if (!found.find()) {
            throw new IllegalStateException("INFO has no " + name);
        }
        return Double.parseDouble(found.group(1));
    }
}
