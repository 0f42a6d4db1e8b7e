package io.r3mes.cache.redis;

import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.CachePolicy;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The names of everything that a namespace keeps in Redis. A value and its lease share a slot; so do all keys whose name
 * begins with the namespace in braces.
 */
record RedisKeys(String namespace, String domain) {

    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Pattern GLOB_CHARACTER = Pattern.compile("[*?\\[\\]^\\\\]");

    RedisKeys {
        if (!VALID.matcher(namespace).matches()) {
            throw new CacheConfigurationException("The namespace '" + namespace
                    + "' is not valid. Use only letters, digits, '.', '_' and '-', such as 'r3mes'.");
        }
    }

    /** The names of the common domain. */
    static RedisKeys of(String namespace) {
        return new RedisKeys(namespace, CachePolicy.COMMON_DOMAIN);
    }

    String value(String key) {
        return namespace + ":" + key;
    }

    String lease(String key) {
        return leaseOf(value(key));
    }

    static String leaseOf(String valueName) {
        return "{" + valueName + "}:lease";
    }

    /** The value and its lease, as the scripts on values expect them. */
    String[] valueAndLease(String key) {
        return new String[] {value(key), lease(key)};
    }

    String log() {
        return shared("log");
    }

    String meta() {
        return shared("meta");
    }

    String nodes() {
        return shared("nodes");
    }

    String stamp(String tag) {
        return shared("tag:" + tag);
    }

    /**
     * One part of a tag's set.
     *
     * @param part 0 for the first
     */
    String members(String tag, int part) {
        return shared((part == 0 ? "members:" : "members" + part + ":") + tag);
    }

    String detached(String name) {
        return shared("detached:" + name);
    }

    /** The metadata, the log and the stamps of tags, as the scripts on the log expect them. */
    String[] metaLogAndStamps(List<String> tags) {
        return Stream.concat(Stream.of(meta(), log()), tags.stream().map(this::stamp))
                .toArray(String[]::new);
    }

    /** The same, then the values of keys, then their leases. */
    String[] forAppend(List<String> tags, List<String> removed) {
        return Stream.of(
                        Arrays.stream(metaLogAndStamps(tags)),
                        removed.stream().map(this::value),
                        removed.stream().map(this::lease))
                .flatMap(names -> names)
                .toArray(String[]::new);
    }

    /** The glob that finds the values whose key begins with {@code prefix}. */
    String valuesGlob(String prefix) {
        return GLOB_CHARACTER.matcher(value(prefix)).replaceAll("\\\\$0") + "*";
    }

    /** The key of a value, without the namespace. */
    String keyOf(String valueName) {
        return valueName.substring(namespace.length() + 1);
    }

    private String shared(String name) {
        return "{" + namespace + (domain.isEmpty() ? "" : "~" + domain) + "}:" + name;
    }
}
