package io.r3mes.cache.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The user as which the cache runs in every test: it may do what the cache needs and nothing else. The tests' own commands
 * run as the default user.
 *
 * @param namespace a glob of the namespaces it may use
 */
public record RedisUser(String name, String password, String namespace) {

    /** May use every namespace, because tests choose theirs. */
    public static final RedisUser ANY = new RedisUser("r3mes", "hardened", "*");

    /** May use the namespaces of the contract tests. */
    public static final RedisUser CONTRACT = new RedisUser("contract", "hardened", "test-*");

    /** All that the cache and its client send, and what its scripts run. */
    private static final List<String> COMMANDS = List.of(
            // connections and topology
            "+hello +auth +ping +select +client|setname +role +info +asking +cluster|nodes +wait",
            // scripts
            "+eval +evalsha +time",
            // values and leases
            "+get +mget +getrange +strlen +set +exists +pexpire +pttl +del +unlink +rename +scan",
            // metadata
            "+hget +hmget +hgetall +hlen +hset +hdel",
            // the log
            "+xadd +xread +xrange +xrevrange +xinfo|stream",
            // members of tags
            "+zadd +zrem +zcard +zcount +zscore +zrangebyscore +zrevrangebyscore +zpopmin");

    /** The words that follow the user's name in {@code ACL SETUSER}, but for the password. */
    public List<String> rules() {
        List<String> rules = new ArrayList<>(List.of(
                "resetchannels",
                "~" + namespace + ":*",
                "~{" + namespace + "}:*",
                "~{" + namespace + "~*}:*",
                "~{" + namespace + ":*}:*"));
        COMMANDS.forEach(line -> rules.addAll(List.of(line.split(" "))));
        return rules;
    }

    /** A server's arguments that define this user. */
    Stream<String> arguments() {
        return Stream.concat(
                Stream.of("--user", name, "on", ">" + password, "resetkeys", "nocommands"), rules().stream());
    }

    /** The part of a URI that says who connects. */
    String authority() {
        return name + ":" + password + "@";
    }
}
