package io.r3mes.cache.redis;

import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A constant script that Redis runs as one atomic step. It is sent as its hash, and in full only to a server that does
 * not know it.
 */
final class LuaScript {

    private final String text;
    private final String hash;

    LuaScript(String text) {
        this.text = text;
        this.hash = sha1(text);
    }

    CompletionStage<Long> number(RedisLink link, String[] keys, byte[]... arguments) {
        return run(link, ScriptOutputType.INTEGER, keys, arguments);
    }

    CompletionStage<Boolean> flag(RedisLink link, String[] keys, byte[]... arguments) {
        return number(link, keys, arguments).thenApply(result -> result == 1);
    }

    CompletionStage<List<@Nullable Object>> list(RedisLink link, String[] keys, byte[]... arguments) {
        return run(link, ScriptOutputType.MULTI, keys, arguments);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] bytes(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    static String text(@Nullable Object bulk) {
        return bulk instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : "";
    }

    private <T> CompletionStage<T> run(RedisLink link, ScriptOutputType type, String[] keys, byte[][] arguments) {
        return link.callAgain(commands -> {
            CompletionStage<T> first = commands.evalsha(hash, type, keys, arguments);
            return first.exceptionallyCompose(failure -> Refusal.of(failure) == Refusal.NOSCRIPT
                    ? commands.eval(text, type, keys, arguments)
                    : CompletableFuture.failedFuture(failure));
        });
    }

    private static String sha1(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes(text)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
